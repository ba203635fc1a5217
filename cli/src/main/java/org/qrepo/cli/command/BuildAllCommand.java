package org.qrepo.cli.command;

import java.util.Set;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.build.stages.BuildStep.Kind;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** Runs all stages of a builder. */
@CommandLine.Command(
    name = "all",
    description = {
      "Get the sources, put your own in place, make the packages, make the templates.",
      "What is built already, from the same sources and packages, is passed over."
    })
public final class BuildAllCommand implements Command {
  @Mixin private ChoiceFlags flags = new ChoiceFlags();
  @Mixin private StageAction stages = new StageAction();

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws Exception {
    return stages.run(
        session,
        "qrepo build all",
        flags.get(),
        Set.of(Kind.SOURCES, Kind.PACKAGES, Kind.TEMPLATE));
  }
}
