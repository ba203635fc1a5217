package org.qrepo.cli.command;

import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.repository.Narrator;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.PruneWords;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.publish.PrunePolicy;
import org.qrepo.publish.PruneReport;
import org.qrepo.publish.Pruner;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Deletes what no kept generation names, in two phases. */
@CommandLine.Command(
    name = "prune",
    description = {
      "Delete old generations, and packages that only they name.",
      "The first run announces what may go; a later one, at least a day after, deletes it,",
      "unless something needs it again. Files that no generation names are never touched.",
      "No key is needed, only the certificates."
    })
public final class PruneCommand implements Command {
  @Mixin private TargetArgument target = new TargetArgument();

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Mixin private PrunePolicyFlags kept = new PrunePolicyFlags();

  @Option(names = "--dry-run", description = "Show what would be announced and deleted.")
  private boolean dryRun;

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws Exception {
    PrunePolicy policy = kept.get();
    try (OpenTarget open = Targets.of(session, flags, target.given()).only();
        Narrator narrator = new Narrator(session.console())) {
      Pruner pruner = open.pruner(narrator);
      PruneReport report = dryRun ? pruner.plan(policy) : pruner.prune(policy);
      PruneWords.say(session.console(), report, dryRun);
      return Answer.done(
          json -> {
            json.field("repository", open.spec().name().value());
            PruneWords.write(json, report, dryRun);
          });
    }
  }
}
