package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.qrepo.Finding;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.program.LogTail;
import org.qrepo.cli.program.LongProgram;
import org.qrepo.cli.program.ProgramEnd;
import org.qrepo.cli.program.SupervisedRun;
import org.qrepo.sign.program.ProgramFile;

/** Runs steps, shows what they say, and keeps it. */
final class StepRunner {
  private final Console console;
  private final Map<String, String> environment;
  private final Path logs;
  private final String mark;
  private int number;

  /**
   * @param environment of the user; what it says to qrepo, secrets perhaps, is not passed on
   * @param logs the directory for the logs of this run
   * @param mark how the marks of processes begin
   */
  StepRunner(Console console, Map<String, String> environment, Path logs, String mark) {
    this.console = console;
    this.environment = new HashMap<>(environment);
    this.environment.keySet().removeIf(name -> name.startsWith("QREPO_"));
    this.logs = logs;
    this.mark = mark;
  }

  /**
   * Runs a step to its end.
   *
   * @param builderLog where the builder itself writes what happens, if it does
   * @throws StepFailedException if its program is not there
   * @throws IOException if the log cannot be written
   * @throws InterruptedException if this thread is interrupted; the step was stopped
   */
  StepEnd run(BuildStep step, Optional<Path> builderLog)
      throws IOException, InterruptedException, StepFailedException {
    Path log = logs.resolve("%02d-%s.log".formatted(++number, step.logName()));
    Optional<LogTail> tail = builderLog.map(file -> new LogTail(file, this::show));
    List<String> words = new ArrayList<>(step.words());
    words.set(0, program(step).toString());
    console.debug(step.commandLine());
    LongProgram program =
        new LongProgram(words, step.directory(), environment, mark + UUID.randomUUID());
    ProgramEnd end = SupervisedRun.run(program, log, new Watcher(tail));
    tail.ifPresent(LogTail::finish);
    if (end.leftBehind() > 0) {
      console.verbose(end.leftBehind() + " programs were left in the background, and ended");
    }
    return tail.filter(LogTail::grew)
        .map(own -> new StepEnd(end, List.of(own.file(), log), own.lastLines()))
        .orElseGet(() -> new StepEnd(end, List.of(log), end.lastLines()));
  }

  private void show(String line) {
    console.verbose(line);
    console.passing(line);
  }

  private Path program(BuildStep step) throws StepFailedException {
    String name = step.words().get(0);
    if (name.contains("/")) {
      Path program = step.directory().resolve(name).normalize();
      if (!Files.isExecutable(program)) {
        throw missing(name, "cannot be run", "chmod +x " + program);
      }
      return program;
    }
    return ProgramFile.find(name, environment.getOrDefault("PATH", ""))
        .orElseThrow(
            () ->
                missing(
                    name,
                    "is not installed",
                    "qrepo build doctor says what is missing and how to install it."));
  }

  private static StepFailedException missing(String program, String reason, String remedy) {
    return new StepFailedException(
        Finding.of("build-program-missing", program, reason, remedy), List.of());
  }

  private final class Watcher implements SupervisedRun.Watcher {
    private final Optional<LogTail> tail;

    Watcher(Optional<LogTail> tail) {
      this.tail = tail;
    }

    @Override
    public void line(String text) {
      show(text);
    }

    @Override
    public void tick() {
      tail.ifPresent(LogTail::follow);
    }
  }
}
