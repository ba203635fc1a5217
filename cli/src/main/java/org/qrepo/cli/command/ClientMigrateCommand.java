package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.client.ClientFile;
import org.qrepo.cli.client.DropIns;
import org.qrepo.cli.client.Installers;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.ConfigLoader;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.client.DropIn;
import org.qrepo.client.QubesRelease;
import org.qrepo.publish.RepositoryName;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints what moves a client to the repository of another release of Qubes. */
@CommandLine.Command(
    name = "migrate",
    description = {
      "Print a shell script that moves a client to another release of Qubes.",
      "Run as root, it puts away what the old release left in /etc/pacman.d, trusts the key, and uses",
      "the repository as the new release has it. It can be run again."
    })
public final class ClientMigrateCommand implements Command {
  @Mixin private TargetArgument target = new TargetArgument();

  @Option(
      names = "--from",
      required = true,
      paramLabel = "R",
      description = "The Qubes release that the clients had, like 4.2.")
  private String from = "";

  @Option(
      names = "--to",
      paramLabel = "R",
      description = "The release that they have now (default: repository.release).")
  private @Nullable String to;

  @Option(
      names = "--old-name",
      paramLabel = "N",
      description =
          "What the repository was called for the old release (default: its name, with that"
              + " release's number where it has one).")
  private @Nullable String oldName;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Write it into DIR instead, as migrate-NAME.sh.")
  private @Nullable String out;

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Override
  public Answer run(Session session) throws IOException {
    Targets targets = Targets.of(session, flags, target.given(), own()).requireOne();
    Config config = targets.config();
    DropIn dropIn = DropIns.of(config, targets.target(0));
    String script =
        Installers.migrating(
            session,
            flags.trusted(session),
            config,
            dropIn,
            release(from),
            Optional.ofNullable(oldName).map(ClientMigrateCommand::name));
    ClientFile file = new ClientFile("migrate-" + dropIn.repository() + ".sh", true, script);
    Optional<Path> written = Optional.ofNullable(out).map(session::path).map(file::write);
    written.ifPresentOrElse(
        path -> session.console().result(path.toString()),
        () -> session.console().document(file.text()));
    return Answer.done(
        json ->
            json.field("repository", dropIn.repository().value())
                .field("from", release(from).toString())
                .field("file", written.map(Path::toString))
                .field("text", file.text()));
  }

  /** Reads what {@code --from} says. */
  static QubesRelease release(String text) {
    try {
      return QubesRelease.parse(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--from: " + e.getMessage());
    }
  }

  private static RepositoryName name(String text) {
    try {
      return new RepositoryName(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--old-name: " + e.getMessage());
    }
  }

  private ConfigLoader.Flag[] own() {
    return to == null
        ? new ConfigLoader.Flag[0]
        : new ConfigLoader.Flag[] {
          new ConfigLoader.Flag("--to", "repository.release", List.of(to))
        };
  }
}
