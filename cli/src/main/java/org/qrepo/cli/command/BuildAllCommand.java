package org.qrepo.cli.command;

import java.util.Set;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.build.stages.BuildStep;
import org.qrepo.cli.build.stages.Choice;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs all stages of a builder. */
@CommandLine.Command(
    name = "all",
    description = {
      "Get the sources, put your own in place, make the packages, make the templates.",
      "What is built already, from the same sources and packages, is passed over."
    })
public final class BuildAllCommand implements Command {
  @Mixin private ChoiceFlags flags = new ChoiceFlags();

  @Option(names = "--dry-run", description = "Show the commands that would be run.")
  private boolean dryRun;

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws Exception {
    Choice choice = flags.get();
    StageAction action = StageAction.of(session);
    if (dryRun) {
      return action.plan(
          choice, Set.of(BuildStep.Kind.SOURCES, BuildStep.Kind.PACKAGES, BuildStep.Kind.TEMPLATE));
    }
    return action.run(
        "qrepo build all",
        run -> {
          run.sources();
          run.packages(choice);
          run.templates(choice.again());
        });
  }
}
