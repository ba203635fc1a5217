package org.qrepo.cli.command;

import java.io.IOException;
import java.util.List;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.build.stages.CleanChoice;
import org.qrepo.cli.build.stages.CleanPlan;
import org.qrepo.cli.build.stages.CleanRun;
import org.qrepo.cli.build.stages.StepFailedException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Failure;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Cleans a builder's directory. */
@CommandLine.Command(
    name = "clean",
    description = {
      "Unmount what the builder left mounted, and delete what it builds in.",
      "What will be done is shown first, and asked for.",
      "Packages, templates and logs stay."
    })
public final class BuildCleanCommand implements Command {
  @Option(
      names = "--chroot",
      description = "Delete what packages are built in (the default, without other choices).")
  private boolean chroot;

  @Option(names = "--cache", description = "Delete what was downloaded of the distribution.")
  private boolean cache;

  @Option(
      names = "--all",
      description = {
        "Both; also give overridden components their fetched sources back, and forget what was built."
      })
  private boolean all;

  @Option(names = "--dry-run", description = "Show what would be done; change nothing.")
  private boolean dryRun;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Override
  public Answer run(Session session) throws Exception {
    Config.Build build = session.config().build();
    BuilderTree tree = BuilderTree.of(build);
    Console console = session.console();
    if (dryRun) {
      return preview(console, tree, CleanRun.preview(tree, build.dist(), choice()));
    }
    try (CleanRun run = CleanRun.open(tree, build.dist(), session.environment(), console)) {
      CleanPlan plan = run.plan(choice());
      if (plan.isEmpty()) {
        return nothing(console, tree, plan);
      }
      console.stage("Cleaning " + tree.directory());
      plan.say(console);
      if (!yes && !session.terminal().confirms("Do all of this?")) {
        throw new UsageException(
            "nobody has said yes to this cleanup", "Say it with --yes. Nothing was changed.");
      }
      return carryOut(console, tree, run, plan);
    }
  }

  private static Answer preview(Console console, BuilderTree tree, CleanPlan plan) {
    if (plan.isEmpty()) {
      return nothing(console, tree, plan);
    }
    console.stage("A cleanup would do in " + tree.directory());
    plan.say(console);
    return answer(tree, plan, "planned", ExitCode.DONE);
  }

  private static Answer nothing(Console console, BuilderTree tree, CleanPlan plan) {
    console.stage("Nothing to clean in " + tree.directory());
    return answer(tree, plan, "nothing", ExitCode.DONE);
  }

  private CleanChoice choice() {
    return new CleanChoice(all || chroot || !cache, all || cache, all);
  }

  private static Answer carryOut(Console console, BuilderTree tree, CleanRun run, CleanPlan plan)
      throws IOException, InterruptedException {
    try {
      run.run(plan);
    } catch (StepFailedException e) {
      console.failure(new Failure(ExitCode.FAILED, List.of(e.finding()), List.of()));
      return answer(tree, plan, "failed", ExitCode.FAILED);
    }
    console.stage("Cleaned");
    return answer(tree, plan, "cleaned", ExitCode.DONE);
  }

  private static Answer answer(BuilderTree tree, CleanPlan plan, String outcome, ExitCode code) {
    return new Answer(
        code,
        json -> {
          json.field("builder", tree.directory().toString()).field("outcome", outcome);
          plan.write(json);
        });
  }
}
