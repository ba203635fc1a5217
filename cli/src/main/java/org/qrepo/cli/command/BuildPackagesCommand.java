package org.qrepo.cli.command;

import java.util.Set;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.build.stages.BuildStep.Kind;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** Builds the packages of components. */
@CommandLine.Command(
    name = "packages",
    description = {
      "Let the builder make the packages of all components, one after the other.",
      "Before that, sources of build.overrides take the place of fetched ones.",
      "What is built already from the same sources, after the same packages, is",
      "passed over."
    })
public final class BuildPackagesCommand implements Command {
  @Mixin private ChoiceFlags flags = new ChoiceFlags();
  @Mixin private StageAction stages = new StageAction();

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws Exception {
    return stages.run(session, "qrepo build packages", flags.get(), Set.of(Kind.PACKAGES));
  }
}
