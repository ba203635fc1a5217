package org.qrepo.cli.command;

import java.util.Set;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.build.stages.BuildStep.Kind;
import org.qrepo.cli.build.stages.Choice;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** Builds templates. */
@CommandLine.Command(
    name = "template",
    description = "Let the builder make the RPMs of templates from the packages that were made.")
public final class BuildTemplateCommand implements Command {
  @Mixin private StageAction stages = new StageAction();

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws Exception {
    return stages.run(session, "qrepo build template", Choice.AGAIN, Set.of(Kind.TEMPLATE));
  }
}
