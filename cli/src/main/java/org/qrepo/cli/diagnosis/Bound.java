package org.qrepo.cli.diagnosis;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a component demands versions of another package.
 *
 * @param component whose sources they are
 * @param file of the component
 * @param line its number, from 1
 * @param dependency as it stands there: {@code xorg-server<1.20.7}
 * @param offered the version that there is instead, if a log says it
 */
public record Bound(
    String component, Path file, int line, String dependency, Optional<String> offered) {
  private static final Pattern SPECIAL_IN_SED = Pattern.compile("[\\\\.*\\[\\]^$|]");
  private static final Pattern PLAIN_PATH = Pattern.compile("[A-Za-z0-9_./+:@%,~-]+");
  private static final Pattern NUMBERS = Pattern.compile("[0-9]+(\\.[0-9]+)*");

  /** {@code file:line}. */
  public String place() {
    return file + ":" + line;
  }

  /** The command that changes it; the new version is {@code NEW} where it cannot be told. */
  public String command() {
    return "sed -i '%ds|%s|%s|' %s"
        .formatted(line, escaped(dependency), changed(), quoted(file.toString()));
  }

  private static String escaped(String text) {
    return SPECIAL_IN_SED.matcher(text).replaceAll("\\\\$0");
  }

  static String quoted(String word) {
    return PLAIN_PATH.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  private String changed() {
    Dependency parts = Dependency.of(dependency);
    String version = offered.flatMap(o -> next(parts.operator(), parts.version(), o)).orElse("NEW");
    return parts.name() + parts.operator() + version;
  }

  /** The least bound in the style of the old one that takes the version which is offered. */
  private static Optional<String> next(String operator, String old, String offered) {
    String version = offered.replaceFirst("^[0-9]+:", "").replaceFirst("-[^-]*$", "");
    if (!NUMBERS.matcher(old).matches() || !NUMBERS.matcher(version).matches()) {
      return Optional.empty();
    }
    String[] parts = version.split("\\.", -1);
    int length = Math.min(parts.length, old.split("\\.", -1).length);
    StringBuilder bound = new StringBuilder();
    for (int i = 0; i < length; i++) {
      boolean raised = operator.equals("<") && i == length - 1;
      bound.append(i == 0 ? "" : ".").append(raised ? successor(parts[i]) : parts[i]);
    }
    boolean cut = length < parts.length;
    return operator.equals("<") || !cut ? Optional.of(bound.toString()) : Optional.of(version);
  }

  private static String successor(String number) {
    return new java.math.BigInteger(number).add(java.math.BigInteger.ONE).toString();
  }
}
