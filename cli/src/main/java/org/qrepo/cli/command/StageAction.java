package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Session;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.build.stages.BuildReport;
import org.qrepo.cli.build.stages.BuildRun;
import org.qrepo.cli.build.stages.BuildStep;
import org.qrepo.cli.build.stages.Choice;
import org.qrepo.cli.build.stages.StepFailedException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Failure;
import org.qrepo.cli.diagnosis.Builder;
import org.qrepo.cli.diagnosis.Diagnosed;
import org.qrepo.cli.diagnosis.Diagnosis;
import org.qrepo.cli.diagnosis.Rule;

/** What the commands have in common that run a builder's stages. */
final class StageAction {
  /** So many explanations of one failure are shown. */
  private static final int MOST_EXPLANATIONS = 5;

  private final Session session;
  private final Config.Build build;
  private final BuilderTree tree;

  private StageAction(Session session, Config.Build build) {
    this.session = session;
    this.build = build;
    this.tree = BuilderTree.of(build);
  }

  /** What a command does with a builder. */
  @FunctionalInterface
  interface Work {
    void run(BuildRun run) throws IOException, InterruptedException, StepFailedException;
  }

  /** On the builder that is configured. */
  static StageAction of(Session session) throws IOException {
    return new StageAction(session, session.config().build());
  }

  /** Shows the commands that would be run. */
  Answer plan(Choice choice, Set<BuildStep.Kind> parts) throws IOException, InterruptedException {
    List<BuildStep> plan =
        BuildRun.plan(tree, build, session.environment(), session.console(), choice, parts);
    session.console().stage("In " + tree.directory() + " would be run");
    plan.forEach(step -> session.console().result(step.commandLine()));
    return Answer.done(
        json ->
            json.field("builder", tree.directory().toString())
                .field("kind", tree.kind().word())
                .strings("plan", plan.stream().map(BuildStep::commandLine).toList()));
  }

  /**
   * Does the work.
   *
   * @param doing the words of the command
   */
  Answer run(String doing, Work work) throws IOException, InterruptedException {
    Console console = session.console();
    try (BuildRun run =
        BuildRun.open(tree, build, session.environment(), console, this::explain, doing)) {
      try {
        work.run(run);
      } catch (StepFailedException e) {
        List<Finding> findings = new ArrayList<>(List.of(e.finding()));
        findings.addAll(run.explain(e));
        console.failure(new Failure(ExitCode.FAILED, findings, List.of()));
        return new Answer(ExitCode.FAILED, run.report()::write);
      }
      done(console, run.report());
      return Answer.done(run.report()::write);
    }
  }

  private static void done(Console console, BuildReport report) {
    long made = report.lines().stream().mapToLong(line -> line.files().size()).sum();
    console.stage("Done");
    if (made > 0) {
      console.note("to publish what was made: qrepo publish --from-builder");
    }
  }

  /** The rules of {@code diagnose} that logs fit; a log that cannot be read explains nothing. */
  private List<Finding> explain(List<Path> logs) {
    try {
      return Diagnosis.of(logs, new Builder(tree.directory(), tree.artifacts())).stream()
          .filter(diagnosed -> diagnosed.kind() != Rule.Kind.HARMLESS)
          .limit(MOST_EXPLANATIONS)
          .map(Diagnosed::finding)
          .toList();
    } catch (IOException e) {
      session.console().debug("logs cannot be read: " + e);
      return List.of();
    }
  }
}
