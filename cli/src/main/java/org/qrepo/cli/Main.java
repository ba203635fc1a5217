package org.qrepo.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.qrepo.cli.GlobalOptions.ColorChoice;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Failure;
import org.qrepo.cli.console.JsonConsole;
import org.qrepo.cli.console.JsonFields;
import org.qrepo.cli.console.Look;
import org.qrepo.cli.console.TextConsole;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Where qrepo starts. */
public final class Main {
  private final Surroundings surroundings;
  private final List<String> args;

  private Main(Surroundings surroundings, List<String> args) {
    this.surroundings = surroundings;
    this.args = args;
  }

  public static void main(String[] args) {
    Interruption interruption = Interruption.ofThisThread();
    int code = run(List.of(args), Surroundings.ofProcess());
    interruption.disarm();
    System.exit(code);
  }

  /**
   * Runs one command line.
   *
   * @return the exit status
   */
  public static int run(List<String> args, Surroundings surroundings) {
    ExitCode code = new Main(surroundings, args).run();
    if (surroundings.out().checkError() && code == ExitCode.DONE) {
      surroundings.err().print("error: not all of the output could be written\n");
      code = ExitCode.FAILED;
    }
    surroundings.err().flush();
    return code.value();
  }

  private ExitCode run() {
    GlobalOptions options = new GlobalOptions();
    ParseResult parsed;
    try {
      parsed = parse(options);
    } catch (ParameterException e) {
      return refuse(GlobalOptions.salvaged(args), e);
    }
    ParseResult innermost = parsed;
    while (innermost.hasSubcommand()) {
      innermost = innermost.subcommand();
    }
    return run(options, innermost);
  }

  private ExitCode run(GlobalOptions options, ParseResult parsed) {
    CommandLine chosen = parsed.commandSpec().commandLine();
    if (parsed.isVersionHelpRequested()) {
      surroundings.out().print(Build.ofThisJar().describe() + "\n");
      return ExitCode.DONE;
    }
    if (parsed.isUsageHelpRequested()) {
      return help(options, chosen);
    }
    if (parsed.commandSpec().userObject() instanceof Command command) {
      return run(options, command, words(chosen));
    }
    return refuse(options, new ParameterException(chosen, "say what to do: a command is missing"));
  }

  /** With the named commands alone if that is enough, and again with all for a better message. */
  private ParseResult parse(GlobalOptions options) {
    String[] words = args.toArray(String[]::new);
    try {
      return Commands.named(options, args).parseArgs(words);
    } catch (ParameterException e) {
      return Commands.all(options).parseArgs(words);
    }
  }

  private ExitCode help(GlobalOptions options, CommandLine chosen) {
    CommandLine complete = chosen.getParent() == null ? Commands.all(options) : chosen;
    Ansi ansi = colored(options, surroundings.terminal().showsOutput()) ? Ansi.ON : Ansi.OFF;
    complete.usage(surroundings.out(), ansi);
    return ExitCode.DONE;
  }

  private ExitCode run(GlobalOptions options, Command command, String words) {
    TextConsole text = textConsole(options);
    if (!options.json) {
      return run(options, command, text).code();
    }
    JsonConsole json = new JsonConsole(surroundings.out(), text);
    Answer answer = run(options, command, json);
    return finish(json, words, answer);
  }

  private Answer run(GlobalOptions options, Command command, Console console) {
    try {
      Surroundings there = directory(options);
      return command.run(new Session(there, console, options.verbosity(), options.configFile()));
    } catch (Throwable e) {
      console.debug(stackTrace(e));
      Failure failure = Failures.of(e, command.changes());
      console.failure(failure);
      return new Answer(failure.code(), JsonFields.NONE);
    }
  }

  private ExitCode finish(JsonConsole json, String words, Answer answer) {
    try {
      json.finish(words, answer.code(), answer.fields());
      return answer.code();
    } catch (IOException e) {
      json.failure(Failures.of(e, false));
      return ExitCode.FAILED;
    }
  }

  private Surroundings directory(GlobalOptions options) {
    if (options.directory == null) {
      return surroundings;
    }
    Path directory = surroundings.cwd().resolve(options.directory).normalize();
    if (!Files.isDirectory(directory)) {
      throw new UsageException("-C " + options.directory + ": no such directory");
    }
    return surroundings.in(directory);
  }

  private ExitCode refuse(GlobalOptions options, ParameterException e) {
    String words = words(e.getCommandLine());
    String ask = words.equals("usage") ? "qrepo -h" : "qrepo " + words.replace('-', ' ') + " -h";
    List<String> details = new ArrayList<>();
    String meant = suggestion(e);
    if (!meant.isEmpty()) {
      details.add("Did you mean " + meant + "?");
    }
    details.add(ask + " shows what it takes.");
    UsageException usage = new UsageException(message(e), details.toArray(String[]::new));
    return run(options, session -> refused(usage), words);
  }

  private static Answer refused(UsageException usage) {
    throw usage;
  }

  private static String message(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
      return unmatched(e.getCommandLine(), unmatched.getUnmatched().get(0));
    }
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    String line = message.lines().findFirst().orElse("");
    return line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1);
  }

  private static String unmatched(CommandLine command, String word) {
    if (word.startsWith("-")) {
      return "unknown option '" + word + "'";
    }
    return (command.getSubcommands().isEmpty() ? "unexpected argument '" : "unknown command '")
        + word
        + "'";
  }

  private static String suggestion(ParameterException e) {
    return e instanceof UnmatchedArgumentException unmatched
        ? unmatched.getSuggestions().stream().limit(2).collect(Collectors.joining(" or "))
        : "";
  }

  /** The words of a command after {@code qrepo}, as the JSON schema names it. */
  private static String words(CommandLine command) {
    String name = command.getCommandSpec().qualifiedName("-");
    return name.equals("qrepo") ? "usage" : name.substring("qrepo-".length());
  }

  private TextConsole textConsole(GlobalOptions options) {
    Terminal terminal = surroundings.terminal();
    Look look = colored(options, terminal.showsErrors()) ? Look.COLOR : Look.PLAIN;
    PrintStream out = surroundings.out();
    return new TextConsole(out, surroundings.err(), look, options.verbosity(), terminal.columns());
  }

  private boolean colored(GlobalOptions options, boolean terminal) {
    boolean refused = !surroundings.environment().getOrDefault("NO_COLOR", "").isEmpty();
    return options.color == ColorChoice.ALWAYS
        || (options.color == ColorChoice.AUTO && terminal && !refused);
  }

  private static String stackTrace(Throwable e) {
    StringWriter text = new StringWriter();
    e.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
