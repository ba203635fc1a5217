package org.qrepo.cli.command;

import java.util.List;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Session;
import org.qrepo.cli.repository.Narrator;
import org.qrepo.cli.repository.OpenTemplates;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** Finishes a commit of templates that was begun. */
@CommandLine.Command(
    name = "repair",
    description = {
      "Finish a commit that a dead publisher began.",
      "What it writes is signed already: no key is needed, only the certificates."
    })
public final class TemplatesRepairCommand extends TemplatesAction {
  @Mixin private TargetArgument target = new TargetArgument();

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  List<String> target() {
    return target.given();
  }

  @Override
  Answer act(Session session, OpenTemplates templates, Narrator narrator) throws Exception {
    boolean mended = templates.repair(narrator);
    session
        .console()
        .stage(
            mended
                ? "Repaired: every name at " + templates.location() + " shows one generation now."
                : "Nothing to repair at " + templates.location() + ".");
    return Answer.done(
        json ->
            json.field("outcome", mended ? "repaired" : "nothing-to-repair")
                .field("repository", templates.repository().name().value())
                .field("location", templates.location()));
  }
}
