package org.qrepo.cli.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.qrepo.Finding;

/**
 * The values that environment variables give. Lists are parted by commas. A variable of a target
 * means the target of the file whose name it could be; else it makes a new one, in lower case.
 */
final class EnvironmentKeys {
  /** Variables of qrepo that set no key. */
  private static final Set<String> OTHERS =
      Set.of(
          "QREPO_CONFIG",
          "QREPO_PASSPHRASE",
          "QREPO_HTTP_USER",
          "QREPO_HTTP_PASSWORD",
          "QREPO_HTTP_TOKEN",
          "QREPO_JAVA_OPTS",
          "QREPO_INSTALL_JAVA");

  private EnvironmentKeys() {}

  /** A warning for each variable that nobody reads and that is nearly one of ours. */
  static List<Finding> mistyped(Set<String> variables) {
    Set<String> known = new TreeSet<>(OTHERS);
    Arrays.stream(Key.values()).map(Key::variable).forEach(known::add);
    List<Finding> warnings = new ArrayList<>();
    for (String variable : new TreeSet<>(variables)) {
      if (variable.startsWith("QREPO_") && !known.contains(variable) && key(variable).isEmpty()) {
        Meant.among(known, variable)
            .map(
                w ->
                    Finding.of(
                        "variable-unknown",
                        variable,
                        "nobody reads this variable",
                        "Did you mean " + w + "?"))
            .ifPresent(warnings::add);
      }
    }
    return warnings;
  }

  /**
   * @param base what relative paths are relative to
   * @param targets the names that the file knows
   */
  static List<Given> read(Map<String, String> environment, Path base, Collection<String> targets) {
    List<Given> values = new ArrayList<>();
    new TreeMap<>(environment)
        .forEach((variable, value) -> given(variable, value, base, targets).ifPresent(values::add));
    return values;
  }

  private static Optional<Given> given(
      String variable, String value, Path base, Collection<String> targets) {
    if (!variable.startsWith("QREPO_") || value.isEmpty()) {
      return Optional.empty();
    }
    Origin origin = new Origin(variable, base, true);
    return key(variable)
        .map(key -> new Given(name(key, variable, targets), key, items(key, value, origin)));
  }

  /** The key with the longest name that fits: TEMPLATES_SERVER before SERVER. */
  private static Optional<Key> key(String variable) {
    return Arrays.stream(Key.values())
        .filter(
            k ->
                k.hasChosenName()
                    ? k.chosenIn(variable).isPresent()
                    : k.variable().equals(variable))
        .max(Comparator.comparingInt(k -> k.path().length()));
  }

  private static String name(Key key, String variable, Collection<String> targets) {
    Optional<String> chosen = key.hasChosenName() ? key.chosenIn(variable) : Optional.empty();
    return chosen.map(c -> key.named(nameOf(c, targets))).orElse(key.path());
  }

  private static String nameOf(String chosen, Collection<String> targets) {
    return targets.stream()
        .filter(t -> t.toUpperCase(Locale.ROOT).replace('-', '_').equals(chosen))
        .findFirst()
        .orElse(chosen.toLowerCase(Locale.ROOT).replace('_', '-'));
  }

  private static List<Given.Item> items(Key key, String value, Origin origin) {
    if (!key.takesList() || key.runs()) {
      return List.of(new Given.Item(value, origin));
    }
    return Arrays.stream(value.split(","))
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .map(text -> new Given.Item(text, origin))
        .toList();
  }
}
