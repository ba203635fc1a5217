package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Session;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.build.stages.BuildReport;
import org.qrepo.cli.build.stages.BuildRun;
import org.qrepo.cli.build.stages.BuildStep;
import org.qrepo.cli.build.stages.Choice;
import org.qrepo.cli.build.stages.Explanations;
import org.qrepo.cli.build.stages.StepFailedException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Failure;
import org.qrepo.cli.diagnosis.Builder;
import org.qrepo.cli.diagnosis.Diagnosed;
import org.qrepo.cli.diagnosis.Diagnosis;
import org.qrepo.cli.diagnosis.Rule;
import picocli.CommandLine.Option;

/** Runs stages of the builder that is configured, or shows the commands that it would run. */
final class StageAction {
  /** So many explanations of one failure are shown. */
  private static final int MOST_EXPLANATIONS = 5;

  @Option(names = "--dry-run", description = "Show the commands that would be run.")
  private boolean dryRun;

  /**
   * Runs stages, or shows them.
   *
   * @param doing the words of the command
   * @param stages sources, packages, templates
   */
  Answer run(Session session, String doing, Choice choice, Set<BuildStep.Kind> stages)
      throws IOException, InterruptedException {
    Config.Build build = session.config().build();
    BuilderTree tree = BuilderTree.of(build);
    Map<String, String> environment = session.environment();
    Console console = session.console();
    if (dryRun) {
      return show(console, tree, BuildRun.plan(tree, build, environment, console, choice, stages));
    }
    Explanations known = logs -> explain(console, tree, logs);
    try (BuildRun run = BuildRun.open(tree, build, environment, console, known, doing)) {
      return carryOut(console, run, choice, stages);
    }
  }

  private static Answer show(Console console, BuilderTree tree, List<BuildStep> plan) {
    console.stage("In " + tree.directory() + " would be run");
    plan.forEach(step -> console.result(step.commandLine()));
    return Answer.done(
        json ->
            json.field("builder", tree.directory().toString())
                .field("kind", tree.kind().word())
                .strings("plan", plan.stream().map(BuildStep::commandLine).toList()));
  }

  private static Answer carryOut(
      Console console, BuildRun run, Choice choice, Set<BuildStep.Kind> stages)
      throws IOException, InterruptedException {
    try {
      run.stages(choice, stages);
    } catch (StepFailedException e) {
      List<Finding> findings = new ArrayList<>(List.of(e.finding()));
      findings.addAll(run.explain(e));
      console.failure(new Failure(ExitCode.FAILED, findings, List.of()));
      return new Answer(ExitCode.FAILED, run.report()::write);
    }
    done(console, run.report());
    return Answer.done(run.report()::write);
  }

  private static void done(Console console, BuildReport report) {
    long made = report.lines().stream().mapToLong(line -> line.files().size()).sum();
    console.stage("Done");
    if (made > 0) {
      console.note("to publish what was made: qrepo publish --from-builder");
    }
  }

  /** The rules of {@code diagnose} that logs fit; a log that cannot be read explains nothing. */
  private static List<Finding> explain(Console console, BuilderTree tree, List<Path> logs) {
    try {
      return Diagnosis.of(logs, new Builder(tree.directory(), tree.artifacts())).stream()
          .filter(diagnosed -> diagnosed.kind() != Rule.Kind.HARMLESS)
          .limit(MOST_EXPLANATIONS)
          .map(Diagnosed::finding)
          .toList();
    } catch (IOException e) {
      console.debug("logs cannot be read: " + e);
      return List.of();
    }
  }
}
