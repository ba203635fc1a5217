package org.qrepo.cli.command;

import java.util.Optional;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.repository.Narrator;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.publish.Generation;
import org.qrepo.publish.Repairer;
import org.qrepo.publish.StoreKey;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** Finishes a commit that a publisher began and did not live to end. */
@CommandLine.Command(
    name = "repair",
    description = {
      "Finish a commit that a dead publisher began.",
      "What it writes is signed already: no key is needed, only the certificates."
    })
public final class RepairCommand implements Command {
  @Mixin private TargetArgument target = new TargetArgument();

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws Exception {
    try (OpenTarget open = Targets.of(session, flags, target.given()).only();
        Narrator narrator = new Narrator(session.console())) {
      Repairer.Repair repair = open.repairer(narrator).repair();
      Optional<Generation> live = repair.live();
      say(session.console(), open.location(), repair);
      return Answer.done(
          json ->
              json.field("outcome", outcome(repair))
                  .field("repository", open.spec().name().value())
                  .field("location", open.location())
                  .field("generation", live.map(g -> g.id().value()))
                  .field("seq", live.map(Generation::sequence).orElse(0L))
                  .strings("mended", repair.mended().stream().map(StoreKey::value).toList()));
    }
  }

  private static String outcome(Repairer.Repair repair) {
    return repair.mended().isEmpty() ? "nothing-to-repair" : "repaired";
  }

  private static void say(Console console, String location, Repairer.Repair repair) {
    if (repair.live().isEmpty()) {
      console.stage("Nothing to repair: nothing is published at " + location + ".");
      return;
    }
    Generation live = repair.live().get();
    String generation = "generation " + live.id() + " (seq " + live.sequence() + ")";
    if (repair.mended().isEmpty()) {
      console.stage("Nothing to repair: every name shows " + generation + ".");
      return;
    }
    repair.mended().forEach(name -> console.detail("mended " + name));
    console.stage("Repaired: every name shows " + generation + " now.");
  }
}
