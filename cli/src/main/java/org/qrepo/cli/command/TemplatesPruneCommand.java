package org.qrepo.cli.command;

import java.util.List;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Session;
import org.qrepo.cli.repository.Narrator;
import org.qrepo.cli.repository.OpenTemplates;
import org.qrepo.cli.repository.PruneWords;
import org.qrepo.publish.PruneReport;
import org.qrepo.publish.Pruner;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Deletes what no kept generation of templates names. */
@CommandLine.Command(
    name = "prune",
    description = {
      "Delete old generations, and templates that only they name.",
      "The first run announces what may go; a later one, at least a day after, deletes it,",
      "unless something needs it again. No key is needed, only the certificates."
    })
public final class TemplatesPruneCommand extends TemplatesAction {
  @Mixin private TargetArgument target = new TargetArgument();

  @Mixin private PrunePolicyFlags policy = new PrunePolicyFlags();

  @Option(names = "--dry-run", description = "Show what would be announced and deleted.")
  private boolean dryRun;

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
    Pruner pruner = templates.pruner(narrator);
    PruneReport report = dryRun ? pruner.plan(policy.get()) : pruner.prune(policy.get());
    narrator.close();
    PruneWords.say(session.console(), report, dryRun);
    return Answer.done(
        json -> {
          json.field("repository", templates.repository().name().value());
          PruneWords.write(json, report, dryRun);
        });
  }
}
