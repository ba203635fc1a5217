package org.qrepo.cli.command;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.repository.PublishRun;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.publish.GenerationId;
import org.qrepo.publish.Rollback;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Publishes the packages of an older generation anew. */
@CommandLine.Command(
    name = "rollback",
    description = {
      "Publish the packages of an older generation anew; users go back with pacman -Syyuu.",
      "Interrupted, run it again with --to-generation: the parent may be another one then."
    })
public final class RollbackCommand implements Command {
  @Mixin private TargetArgument target = new TargetArgument();

  @Option(
      names = "--to-generation",
      paramLabel = "ID",
      description = "The generation, as qrepo log names it (default: the parent of the live one).")
  private @Nullable String generation;

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Option(names = "--dry-run", description = "Show the plan; read only, no key needed.")
  private boolean dryRun;

  @Option(
      names = "--deep",
      description = "Read every package, in the store and as a stranger, not only what changes.")
  private boolean deep;

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws Exception {
    Rollback rollback = new Rollback(Optional.ofNullable(generation).map(this::parse), deep);
    Targets targets = Targets.of(session, flags, target.given()).requireOne();
    PublishRun.Mode mode = new PublishRun.Mode(dryRun, deep, Optional.empty(), Optional.empty());
    return new PublishRun(session, targets, mode).carryOut(rollback);
  }

  private GenerationId parse(String id) {
    try {
      return new GenerationId(id);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "--to-generation: " + e.getMessage(), "qrepo log shows the generations.");
    }
  }
}
