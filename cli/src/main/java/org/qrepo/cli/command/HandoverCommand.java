package org.qrepo.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.handover.Delivery;
import org.qrepo.cli.handover.HandoverRun;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.publish.GenerationId;
import org.qrepo.sign.program.QubeName;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Hands a published repository over to another qube. */
@CommandLine.Command(
    name = "handover",
    description = {
      "Hand over to another qube what is new in a published repository.",
      "It goes in one parcel with a signed manifest: packages, signatures, generations, template RPMs.",
      "There, qrepo receive publishes it, and needs no key."
    })
public final class HandoverCommand implements Command {
  /** Where the programs of Qubes OS have it. */
  private static final String QREXEC_CLIENT = "/usr/lib/qubes/qrexec-client-vm";

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "T",
      description = "A target of the configuration or a directory, where the repository is.")
  private List<String> target = new ArrayList<>();

  @Option(
      names = "--to",
      paramLabel = "QUBE",
      description = "The qube that receives (default: dom0 asks, or its policy says).")
  private @Nullable String to;

  @Option(
      names = "--service",
      description = "Send it to the service of the other qube, which publishes it at once.")
  private boolean service;

  @Option(
      names = "--since",
      paramLabel = "ID",
      description = "What is new since this generation (default: since the last hand-over).")
  private @Nullable String since;

  @Option(names = "--all", description = "Everything, as for a receiver that has nothing.")
  private boolean all;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Only make the parcel, in DIR, and leave it there.")
  private @Nullable String out;

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Override
  public Answer run(Session session) throws Exception {
    HandoverRun.Since from = since();
    if (out != null && (to != null || service)) {
      throw new UsageException("--out only makes the parcel: leave out --to and --service");
    }
    Targets targets = Targets.of(session, flags, target).requireOne();
    try (OpenTarget opened = targets.only()) {
      return new HandoverRun(
              session, opened, called(targets), delivery(session, targets.config()), from)
          .run();
    }
  }

  private HandoverRun.Since since() {
    if (all && since != null) {
      throw new UsageException("--all and --since contradict each other");
    }
    if (since == null) {
      return all ? new HandoverRun.Since.Nothing() : new HandoverRun.Since.Last();
    }
    try {
      return new HandoverRun.Since.After(new GenerationId(since));
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "--since " + e.getMessage(), "qrepo log names the generations there are.");
    }
  }

  /** The name that the target has in the configuration, which commands can use. */
  private static Optional<String> called(Targets targets) {
    String name = targets.name(0);
    return name.equals(targets.target(0).name()) ? Optional.of(name) : Optional.empty();
  }

  private Delivery delivery(Session session, Config config) {
    if (out != null) {
      return new Delivery.Nowhere(session.path(out));
    }
    Optional<QubeName> qube = Optional.ofNullable(to).map(HandoverCommand::qube);
    if (!service) {
      return new Delivery.Copy(qube);
    }
    String program =
        config
            .signing()
            .programs()
            .qrexec()
            .orElse(session.environment().getOrDefault("QREXEC_CLIENT_PATH", QREXEC_CLIENT));
    return new Delivery.Service(qube.orElse(QubeName.DEFAULT), program);
  }

  private static QubeName qube(String name) {
    try {
      return new QubeName(name);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--to " + e.getMessage());
    }
  }
}
