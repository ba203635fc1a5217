package org.qrepo.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.console.Verbosity;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** qrepo itself, and the options that every command takes. */
@Command(
    name = "qrepo",
    description = "Publishes signed, self-hosted pacman repositories.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done, or nothing to do",
      "1:failed",
      "2:wrong usage or configuration",
      "3:input refused: a package, a signature, a remote database; audit: something breaks",
      "4:signing failed",
      "5:store or network failed after retries",
      "6:conflict with another publisher",
      "7:locked",
      "8:published, but the check as a stranger failed",
      "130:interrupted"
    },
    commandListHeading = "%nCommands:%n",
    footer = {"", "qrepo COMMAND -h says more about a command."})
final class GlobalOptions {
  @Option(
      names = {"-C", "--directory"},
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description = "Work as if started in DIR.")
  @Nullable String directory;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "The configuration (default: $QREPO_CONFIG, ./qrepo.yml, then the user's).")
  @Nullable String config;

  @Option(names = "--json", scope = ScopeType.INHERIT, description = "Answer with one JSON object.")
  boolean json;

  @Option(
      names = {"-q", "--quiet"},
      scope = ScopeType.INHERIT,
      description = "Say only what is wrong.")
  boolean quiet;

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Say more; twice: also what helps to find a fault.")
  boolean[] verbose = {};

  @Option(
      names = "--color",
      paramLabel = "WHEN",
      scope = ScopeType.INHERIT,
      description = "auto, always or never; NO_COLOR is honoured.")
  ColorChoice color = ColorChoice.AUTO;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this text.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the versions of qrepo and Java.")
  boolean version;

  /** When to use colours. */
  enum ColorChoice {
    AUTO,
    ALWAYS,
    NEVER;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Verbosity verbosity() {
    if (quiet) {
      return Verbosity.QUIET;
    }
    return switch (verbose.length) {
      case 0 -> Verbosity.NORMAL;
      case 1 -> Verbosity.VERBOSE;
      default -> Verbosity.DEBUG;
    };
  }

  /**
   * The options that change how errors are said, read from a command line that could not be parsed.
   */
  static GlobalOptions salvaged(List<String> args) {
    GlobalOptions options = new GlobalOptions();
    options.json = args.contains("--json");
    if (args.contains("-vv")) {
      options.verbose = new boolean[] {true, true};
    }
    for (ColorChoice choice : ColorChoice.values()) {
      String word = choice.toString();
      if (args.contains("--color=" + word) || follows(args, "--color", word)) {
        options.color = choice;
      }
    }
    return options;
  }

  private static boolean follows(List<String> args, String option, String value) {
    int at = args.indexOf(option);
    return at >= 0 && at + 1 < args.size() && args.get(at + 1).equals(value);
  }

  Optional<String> configFile() {
    return Optional.ofNullable(config);
  }
}
