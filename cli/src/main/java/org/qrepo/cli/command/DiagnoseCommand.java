package org.qrepo.cli.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.diagnosis.Builder;
import org.qrepo.cli.diagnosis.Diagnosed;
import org.qrepo.cli.diagnosis.Diagnosis;
import org.qrepo.cli.diagnosis.DiagnosisWords;
import org.qrepo.cli.diagnosis.RuleBook;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Explains failures of builders, of pacman, of dom0 and of templates that do not boot. */
@CommandLine.Command(
    name = "diagnose",
    description = {
      "Read logs and say which known failures they show: cause, fix, and where that is known from.",
      "Reads the logs of builders, what pacman said, what dom0 said, and journals of templates.",
      "Exits with 0 whether they show any or not; what is not known is not found."
    })
public final class DiagnoseCommand implements Command {
  private static final String STANDARD_INPUT = "-";

  @Parameters(
      paramLabel = "LOG",
      arity = "0..*",
      description =
          "Logs, also compressed ones, or directories of logs; - reads standard input (default: the"
              + " newest logs of the configured builder).")
  private List<String> given = new ArrayList<>();

  @Option(
      names = "--builder",
      paramLabel = "DIR",
      description =
          "The builder whose sources are searched for bounds (default: the one that the log lies"
              + " in, or build.builder).")
  private @Nullable String builder;

  @Option(
      names = "--how",
      description = "Say how to get at the journal of a template that does not boot.")
  private boolean how;

  @Option(names = "--list", description = "List the failures that are known.")
  private boolean list;

  @Override
  public Answer run(Session session) throws IOException {
    if ((how && list) || ((how || list) && !given.isEmpty())) {
      throw new UsageException("--how and --list stand alone, without LOG");
    }
    if (how) {
      return how(session);
    }
    RuleBook book = RuleBook.standard();
    if (list) {
      DiagnosisWords.list(session.console(), book);
      return Answer.done(json -> DiagnosisWords.list(json, book));
    }
    return read(session, new Diagnosis(book));
  }

  private static Answer how(Session session) throws IOException {
    try (InputStream in = DiagnoseCommand.class.getResourceAsStream("journal.txt")) {
      if (in == null) {
        throw new IllegalStateException("no resource journal.txt");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      session.console().document(text);
      return Answer.done(json -> json.strings("how", text.lines().toList()));
    }
  }

  private Answer read(Session session, Diagnosis diagnosis) throws IOException {
    Optional<Builder> configured =
        builder == null
            ? configured(session.config().build())
            : Optional.of(new Builder(session.path(builder)));
    List<String> logs = logs(session, configured);
    for (String log : logs) {
      read(session, diagnosis, log);
    }
    List<Diagnosed> diagnosed = diagnosis.result(sources(session, configured, logs));
    DiagnosisWords.say(session.console(), diagnosed);
    session.console().stage(verdict(diagnosed));
    return Answer.done(
        json -> {
          json.strings("logs", logs);
          DiagnosisWords.write(json, diagnosed);
        });
  }

  private static Optional<Builder> configured(Config.Build build) {
    return build
        .builder()
        .map(
            directory ->
                build
                    .artifacts()
                    .map(artifacts -> new Builder(directory, artifacts))
                    .orElseGet(() -> new Builder(directory)));
  }

  private static String verdict(List<Diagnosed> diagnosed) {
    return diagnosed.isEmpty()
        ? "No known failure. qrepo diagnose --list says what is known; the end of a log says most."
        : Figures.count(diagnosed.size(), "known failure", "known failures");
  }

  private List<String> logs(Session session, Optional<Builder> configured) throws IOException {
    if (given.isEmpty()) {
      Builder whose =
          configured.orElseThrow(
              () ->
                  new UsageException(
                      "say which log to read",
                      "qrepo diagnose LOG, or - for standard input; or set build.builder in"
                          + " qrepo.yml, and the newest logs of the builder are read."));
      return newest(whose);
    }
    Set<String> logs = new LinkedHashSet<>();
    for (String word : given) {
      Path path = session.path(word);
      if (!word.equals(STANDARD_INPUT) && Files.isDirectory(path)) {
        logs.addAll(newest(new Builder(path)));
      } else {
        logs.add(word);
      }
    }
    return List.copyOf(logs);
  }

  private static List<String> newest(Builder whose) throws IOException {
    List<String> logs = whose.newestLogs().stream().map(Path::toString).toList();
    if (logs.isEmpty()) {
      throw new UsageException(
          "no logs in " + whose.directory(),
          "The classic builder keeps them in build-logs, v2 in artifacts/logs; they end in .log.");
    }
    return logs;
  }

  private static void read(Session session, Diagnosis diagnosis, String log) throws IOException {
    if (log.equals(STANDARD_INPUT)) {
      session.console().stage("Reading standard input");
      diagnosis.read("standard input", session.in());
      return;
    }
    Path path = session.path(log);
    try (InputStream in = Files.newInputStream(path)) {
      session.console().stage("Reading " + log, Figures.bytes(Files.size(path)));
      diagnosis.read(log, in);
    }
  }

  /** The sources of the builder that the logs are of. */
  private Optional<Builder> sources(
      Session session, Optional<Builder> configured, List<String> logs) {
    List<Path> files =
        logs.stream().filter(log -> !log.equals(STANDARD_INPUT)).map(session::path).toList();
    return builder == null ? Diagnosis.builderAround(files).or(() -> configured) : configured;
  }
}
