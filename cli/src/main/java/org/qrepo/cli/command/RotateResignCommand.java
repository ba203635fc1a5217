package org.qrepo.cli.command;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.keys.PublisherKey;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.PublishRun;
import org.qrepo.cli.repository.Targets;
import org.qrepo.cli.rotation.Rotation;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Resigning;
import org.qrepo.sign.Certificate;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Signs anew what an old key signed. */
@CommandLine.Command(
    name = "resign",
    description = {
      "Give what the old key signed, and the repository still offers, signatures of the new one.",
      "Packages keep their names and bytes; clients that trust both keys notice nothing."
    })
public final class RotateResignCommand implements Command {
  @Mixin private RotationOptions options = new RotationOptions();

  @Option(
      names = "--dry-run",
      description = "Say how many packages and bytes have to be read; no key needed.")
  private boolean dryRun;

  @Option(names = "--deep", description = "Let the check as a stranger fetch every package.")
  private boolean deep;

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws Exception {
    Targets targets = options.targets(session);
    Certificate own = PublisherKey.certificate(session, targets.config());
    Set<Fingerprint> old = new LinkedHashSet<>();
    try (OpenTarget first = targets.open(0)) {
      old.addAll(Rotation.old(own, first.keys(), options.old()));
    }
    if (old.isEmpty()) {
      throw new UsageException(
          "there is no key that is to go",
          "A key of signing.trusted that certified " + own.fingerprint().grouped() + " would be;",
          "name another one: --old FINGERPRINT.");
    }
    PublishRun.Mode mode = new PublishRun.Mode(dryRun, deep, Optional.empty(), Optional.empty());
    return new PublishRun(session, targets, mode).carryOut(new Resigning(old));
  }
}
