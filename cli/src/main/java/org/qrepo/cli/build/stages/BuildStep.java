package org.qrepo.cli.build.stages;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One thing that a builder is told to do; a value, which can be shown before it is done.
 *
 * @param subject the component or the template; what is done, where it is for all
 * @param words the program, as people type it in the builder's directory, and its arguments
 * @param directory the builder's
 */
public record BuildStep(Kind kind, String subject, List<String> words, Path directory) {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

  public BuildStep {
    words = List.copyOf(words);
  }

  /** What kind of thing. */
  public enum Kind {
    /** Makes the file system allow devices and setuid programs, which a chroot needs. */
    REMOUNT("remount"),
    /** Installs what the builder needs. */
    DEPENDENCIES("dependencies"),
    SOURCES("sources"),
    PACKAGES("packages"),
    TEMPLATE("template"),
    /** Not of the builder: unmounts or deletes something. */
    CLEAN("clean");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** For scripts. */
    public String word() {
      return word;
    }
  }

  /** As it is typed into a shell in the builder's directory. */
  public String commandLine() {
    return words.stream().map(BuildStep::quoted).collect(Collectors.joining(" "));
  }

  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /** What is done, in words that follow a number or stand alone. */
  String doing() {
    return switch (kind) {
      case REMOUNT -> "Allowing devices on the builder's file system";
      case DEPENDENCIES -> "Installing what the builder needs";
      case SOURCES -> "Getting the sources of " + subject;
      case PACKAGES -> "Building " + subject;
      case TEMPLATE -> "Building template " + subject;
      case CLEAN -> "Cleaning " + subject;
    };
  }

  /** What its log is called, without an ending. */
  String logName() {
    String name =
        switch (kind) {
          case SOURCES -> "sources-" + subject;
          case CLEAN -> kind.word();
          default -> subject;
        };
    return name.replaceAll("[^A-Za-z0-9._+-]", "-");
  }
}
