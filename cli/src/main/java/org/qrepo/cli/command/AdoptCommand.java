package org.qrepo.cli.command;

import java.util.Optional;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.repository.PublishRun;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.publish.Adoption;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Takes over a repository that something else made. */
@CommandLine.Command(
    name = "adopt",
    description = {
      "Take over a repository made by repo-add or builderv2: read, check and sign all of it.",
      "Its packages keep their names and bytes; clients see the old state or the new one."
    })
public final class AdoptCommand implements Command {
  @Mixin private TargetArgument target = new TargetArgument();

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Option(
      names = "--dry-run",
      description = "Show what is found and the plan; read only, no key needed.")
  private boolean dryRun;

  @Option(
      names = "--drop-missing",
      description = "Leave out what the database names and is not there.")
  private boolean dropMissing;

  @Option(
      names = "--take-files",
      description = "Publish files that are others than the database says, as they are.")
  private boolean takeFiles;

  @Option(
      names = "--resign",
      description = "Replace signatures by keys that are not trusted with your own.")
  private boolean resign;

  @Option(
      names = "--anew",
      description = "Begin a new chain where qrepo published before and its database was lost.")
  private boolean anew;

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws Exception {
    Adoption adoption = new Adoption(new Adoption.Options(dropMissing, takeFiles, resign, anew));
    Targets targets = Targets.of(session, flags, target.given()).requireOne();
    PublishRun.Mode mode = new PublishRun.Mode(dryRun, false, Optional.empty(), Optional.empty());
    return new PublishRun(session, targets, mode).carryOut(adoption);
  }
}
