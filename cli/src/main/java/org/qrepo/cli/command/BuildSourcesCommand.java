package org.qrepo.cli.command;

import java.util.Set;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.build.stages.BuildStep.Kind;
import org.qrepo.cli.build.stages.Choice;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** Gets the sources of components. */
@CommandLine.Command(
    name = "sources",
    description = {
      "Let the builder get the sources of all components, or bring them up to date.",
      "It verifies them. The classic builder also prepares its file system and",
      "installs what it needs."
    })
public final class BuildSourcesCommand implements Command {
  @Mixin private StageAction stages = new StageAction();

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws Exception {
    return stages.run(session, "qrepo build sources", Choice.CHANGED, Set.of(Kind.SOURCES));
  }
}
