package org.qrepo.cli.command;

import java.util.Set;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.build.stages.BuildStep;
import org.qrepo.cli.build.stages.Choice;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Builds templates. */
@CommandLine.Command(
    name = "template",
    description = "Let the builder make the RPMs of templates from the packages that were made.")
public final class BuildTemplateCommand implements Command {
  @Option(names = "--dry-run", description = "Show the commands that would be run.")
  private boolean dryRun;

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws Exception {
    StageAction action = StageAction.of(session);
    return dryRun
        ? action.plan(Choice.CHANGED, Set.of(BuildStep.Kind.TEMPLATE))
        : action.run("qrepo build template", run -> run.templates(true));
  }
}
