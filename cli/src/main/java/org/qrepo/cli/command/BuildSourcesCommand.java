package org.qrepo.cli.command;

import java.util.Set;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.build.stages.BuildRun;
import org.qrepo.cli.build.stages.BuildStep;
import org.qrepo.cli.build.stages.Choice;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Gets the sources of components. */
@CommandLine.Command(
    name = "sources",
    description = {
      "Let the builder get the sources of all components, or bring them up to date.",
      "It verifies them. The classic builder also prepares its file system and",
      "installs what it needs."
    })
public final class BuildSourcesCommand implements Command {
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
        ? action.plan(Choice.CHANGED, Set.of(BuildStep.Kind.SOURCES))
        : action.run("qrepo build sources", BuildRun::sources);
  }
}
