package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.client.ClientFile;
import org.qrepo.cli.client.ConfCheck;
import org.qrepo.cli.client.DropIns;
import org.qrepo.cli.client.Installers;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.ConfigLoader;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.client.DropIn;
import org.qrepo.client.ServerUrl;
import org.qrepo.client.conf.ConfReview;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints what makes pacman use a repository, or says what pacman does with a configuration. */
@CommandLine.Command(
    name = "pacman",
    description = {
      "Print the file for /etc/pacman.d that makes clients use a repository.",
      "Or an installer for it; or check what pacman does with a configuration."
    })
public final class ClientPacmanCommand implements Command {
  @Mixin private TargetArgument target = new TargetArgument();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Write it into DIR instead, under the name that it has on clients.")
  private @Nullable String out;

  @Option(
      names = "--release",
      paramLabel = "R",
      description = "The Qubes release of the clients, like 4.3 (default: repository.release).")
  private @Nullable String release;

  @Option(
      names = "--priority",
      paramLabel = "PLACE",
      description =
          "Before (override) or after (supplement) the official repositories of Qubes; what both"
              + " have comes from the first (default: client.priority, or override).")
  private @Nullable String priority;

  @Option(
      names = "--legacy",
      description = "Name it as the guides of Qubes 4.0 do: 99-qubes-repository-4.0.conf.")
  private boolean legacy;

  @Option(
      names = "--installer",
      description =
          "Print a shell script instead, to be run as root: it trusts the key, puts the file in"
              + " place, and takes away drop-ins that stop pacman.")
  private boolean installer;

  @Option(
      names = "--check",
      arity = "0..1",
      fallbackValue = "/etc/pacman.conf",
      paramLabel = "CONF",
      description =
          "Read a configuration with its includes, and say what pacman does with it (default:"
              + " ${FALLBACK-VALUE}).")
  private @Nullable String check;

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Override
  public Answer run(Session session) throws IOException {
    if (check != null) {
      return check(session, session.path(check));
    }
    Targets targets = Targets.of(session, flags, target.given(), own()).requireOne();
    Config config = targets.config();
    DropIn dropIn =
        legacy ? DropIns.legacy(config, targets.target(0)) : DropIns.of(config, targets.target(0));
    ClientFile file =
        installer
            ? new ClientFile(
                "install-" + dropIn.repository() + ".sh",
                true,
                Installers.fresh(session, flags.trusted(session), config, dropIn))
            : new ClientFile(dropIn.fileName(), false, dropIn.text());
    Optional<Path> written = Optional.ofNullable(out).map(session::path).map(file::write);
    written.ifPresentOrElse(
        path -> session.console().result(path.toString()),
        () -> session.console().document(file.text()));
    return Answer.done(
        json ->
            json.field("repository", dropIn.repository().value())
                .field("path", "/" + dropIn.path())
                .field("priority", dropIn.priority().name().toLowerCase(Locale.ROOT))
                .strings("servers", dropIn.servers().stream().map(ServerUrl::value).toList())
                .field("file", written.map(Path::toString))
                .field("text", file.text()));
  }

  private ConfigLoader.Flag[] own() {
    List<ConfigLoader.Flag> set = new ArrayList<>();
    if (release != null) {
      set.add(new ConfigLoader.Flag("--release", "repository.release", List.of(release)));
    }
    if (priority != null) {
      set.add(new ConfigLoader.Flag("--priority", "client.priority", List.of(priority)));
    }
    return set.toArray(ConfigLoader.Flag[]::new);
  }

  private Answer check(Session session, Path file) throws IOException {
    if (installer || legacy || out != null) {
      throw new UsageException("--check writes nothing: leave --out, --legacy and --installer out");
    }
    Config config = flags.configuration(session, own());
    boolean placed = !target.given().isEmpty() || config.targets().size() == 1;
    Optional<ConfReview.Wanted> wanted =
        config.repository().name().isEmpty()
            ? Optional.empty()
            : Optional.of(placed ? ofTarget(session) : withoutPlace(config));
    return ConfCheck.run(session.console(), file, session.cwd(), wanted);
  }

  private ConfReview.Wanted ofTarget(Session session) throws IOException {
    Targets targets = Targets.of(session, flags, target.given(), own()).requireOne();
    Config config = targets.config();
    return new ConfReview.Wanted(
        DropIns.name(config),
        config.client().priority(),
        DropIns.servers(config, targets.target(0)).orElse(List.of()));
  }

  private static ConfReview.Wanted withoutPlace(Config config) {
    return new ConfReview.Wanted(
        DropIns.name(config), config.client().priority(), config.client().servers());
  }
}
