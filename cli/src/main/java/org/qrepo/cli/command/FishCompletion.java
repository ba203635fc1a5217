package org.qrepo.cli.command;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** A completion script for fish, made from the commands and their options. */
final class FishCompletion {
  private final StringBuilder script = new StringBuilder();

  private FishCompletion() {}

  static String of(CommandLine root) {
    FishCompletion completion = new FishCompletion();
    completion.script.append("# Completion of qrepo for fish.\ncomplete -c qrepo -e\n");
    completion.commands(root, "__fish_use_subcommand");
    completion.options(root, "__fish_use_subcommand");
    root.getSubcommands().forEach(completion::command);
    return completion.script.toString();
  }

  private void command(String name, CommandLine command) {
    Set<String> below = command.getSubcommands().keySet();
    String here = "__fish_seen_subcommand_from " + name;
    String first =
        below.isEmpty()
            ? here
            : here + "; and not __fish_seen_subcommand_from " + String.join(" ", below);
    commands(command, first);
    options(command, first);
    command
        .getSubcommands()
        .forEach((sub, line) -> options(line, here + "; and __fish_seen_subcommand_from " + sub));
  }

  private void commands(CommandLine parent, String condition) {
    for (Map.Entry<String, CommandLine> entry : parent.getSubcommands().entrySet()) {
      line(condition, "-f -a " + quoted(entry.getKey()), description(entry.getValue()));
    }
  }

  private void options(CommandLine command, String condition) {
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (!option.hidden()) {
        String description =
            List.of(option.description()).stream().collect(Collectors.joining(" "));
        line(condition, words(option), description);
      }
    }
  }

  private static String words(OptionSpec option) {
    StringBuilder words = new StringBuilder();
    for (String name : option.names()) {
      words.append(name.startsWith("--") ? " -l " : " -s ").append(name.replaceFirst("^--?", ""));
    }
    if (option.arity().max() > 0) {
      words.append(" -r");
    }
    return words.toString().strip();
  }

  private void line(String condition, String words, String description) {
    script
        .append("complete -c qrepo -n ")
        .append(quoted(condition))
        .append(' ')
        .append(words)
        .append(" -d ")
        .append(quoted(description))
        .append('\n');
  }

  private static String description(CommandLine command) {
    return String.join(" ", command.getCommandSpec().usageMessage().description());
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
