package org.qrepo.cli.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.handover.ReceiveRun;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.cli.repository.TransferFlags;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Publishes what another qube handed over. */
@CommandLine.Command(
    name = "receive",
    description = {
      "Publish a parcel that another qube handed over.",
      "Its manifest and all that is in it must be signed by keys of this machine's configuration;",
      "nothing is signed here, and no key is needed."
    })
public final class ReceiveCommand implements Command {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PARCEL",
      description = "The parcel's directory: ~/QubesIncoming/QUBE/qrepo-...")
  private @Nullable String parcel;

  @Option(
      names = "--to",
      paramLabel = "T",
      arity = "1",
      description = "A target of the configuration, a directory or a URL.")
  private List<String> targets = new ArrayList<>();

  @Option(
      names = "--stream",
      description = "Take the parcel from standard input, as the service does.")
  private boolean stream;

  @Option(names = "--remove", description = "Remove the parcel once it is published.")
  private boolean remove;

  @Option(names = "--without-templates", description = "Leave its template RPMs where they are.")
  private boolean withoutTemplates;

  @Option(names = "--deep", description = "Let the check as a stranger fetch every package.")
  private boolean deep;

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Mixin private TransferFlags transfers = new TransferFlags();

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws Exception {
    if ((parcel == null) != stream) {
      throw new UsageException(
          stream
              ? "--stream takes the parcel from standard input: name none"
              : "say which parcel to receive",
          "qvm-copy leaves them in ~/QubesIncoming/QUBE.");
    }
    Targets chosen = Targets.of(session, transfers.with(flags), targets).requireOne();
    Optional<Path> place = Optional.ofNullable(parcel).map(session::path);
    try (OpenTarget target = chosen.only()) {
      return new ReceiveRun(
              session,
              target,
              chosen.name(0),
              new ReceiveRun.Options(remove, withoutTemplates, deep))
          .run(place);
    }
  }
}
