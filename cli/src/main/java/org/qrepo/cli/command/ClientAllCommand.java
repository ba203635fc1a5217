package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.client.ClientFile;
import org.qrepo.cli.client.DropIns;
import org.qrepo.cli.client.Installers;
import org.qrepo.cli.client.ServedFolders;
import org.qrepo.cli.client.TemplateSources;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.keys.TrustedKeys;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.client.DropIn;
import org.qrepo.client.ServedFolder;
import org.qrepo.client.TemplateInstructions;
import org.qrepo.client.TemplateSource;
import org.qrepo.client.WebServer;
import org.qrepo.io.AtomicFile;
import org.qrepo.publish.Generation;
import org.qrepo.publish.StoreKey;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes everything that other machines need into one directory. */
@CommandLine.Command(
    name = "all",
    description = {
      "Write everything that other machines need into one directory.",
      "That is the drop-in and installer for pacman, the landing page, the web server's configuration,",
      "what dom0 needs for templates, and with --from the script for clients of an older release."
    })
public final class ClientAllCommand implements Command {
  @Mixin private TargetArgument target = new TargetArgument();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the files go (default: ${DEFAULT-VALUE}).")
  private String out = "client";

  @Option(
      names = "--from",
      paramLabel = "R",
      description = "Write the script for clients of this older release of Qubes too.")
  private @Nullable String from;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      description = "The repository's directory on the web server (default: that of the target).")
  private @Nullable String root;

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  private final List<String> written = new ArrayList<>();
  private final List<String> left = new ArrayList<>();

  @Override
  public Answer run(Session session) throws IOException {
    Targets targets = Targets.of(session, flags, target.given()).requireOne();
    Path directory = session.path(out);
    pacman(session, targets, directory);
    part("the web server's configuration", () -> servers(targets, directory));
    part("the landing page", () -> page(targets, directory));
    if (targets.target(0).templates().isPresent()) {
      part("what dom0 needs", () -> templates(session, targets, directory));
    }
    written.forEach(session.console()::result);
    left.forEach(session.console()::note);
    return Answer.done(json -> json.strings("files", written).strings("left-out", left));
  }

  /** A part of the whole. */
  @FunctionalInterface
  private interface Part {
    void write() throws IOException;
  }

  /** What the configuration does not tell leaves one part out, and the others come. */
  private void part(String what, Part part) throws IOException {
    try {
      part.write();
    } catch (UsageException e) {
      left.add("without " + what + ": " + e.getMessage());
    }
  }

  private void pacman(Session session, Targets targets, Path directory) throws IOException {
    Config config = targets.config();
    TrustedKeys trusted = flags.trusted(session);
    DropIn dropIn = DropIns.of(config, targets.target(0));
    add(directory, new ClientFile(dropIn.fileName(), false, dropIn.text()));
    String installer = Installers.fresh(session, trusted, config, dropIn);
    add(directory, new ClientFile("install-" + dropIn.repository() + ".sh", true, installer));
    if (from != null) {
      String script =
          Installers.migrating(
              session,
              trusted,
              config,
              dropIn,
              ClientMigrateCommand.release(from),
              Optional.empty());
      add(directory, new ClientFile("migrate-" + dropIn.repository() + ".sh", true, script));
    }
  }

  private void servers(Targets targets, Path directory) {
    ServedFolder folder =
        ServedFolders.of(targets.config(), targets.target(0), Optional.ofNullable(root));
    for (WebServer server : WebServer.values()) {
      Path place = directory.resolve(server.name().toLowerCase(Locale.ROOT));
      add(place, new ClientFile(server.fileName(folder), false, server.configuration(folder)));
    }
  }

  private void page(Targets targets, Path directory) throws IOException {
    try (OpenTarget open = targets.open(0)) {
      Generation live =
          open.history()
              .live()
              .orElseThrow(() -> new UsageException("nothing is published at " + open.location()));
      Path place = directory.resolve("page");
      Files.createDirectories(place);
      for (Map.Entry<StoreKey, byte[]> file : open.pageFiles().files(live).entrySet()) {
        Path path = place.resolve(file.getKey().value());
        AtomicFile.write(path, file.getValue(), PosixFilePermissions.fromString("rw-r--r--"));
        written.add(path.toString());
      }
    }
  }

  private void templates(Session session, Targets targets, Path directory) throws IOException {
    TemplateSource source =
        TemplateSources.of(
            session,
            flags.trusted(session),
            targets.config(),
            targets.target(0),
            Optional.empty(),
            false);
    Path place = directory.resolve("dom0");
    String folder = place.toAbsolutePath().normalize().toString();
    add(place, new ClientFile(source.fileName(), false, source.definition()));
    add(place, new ClientFile(source.keyFileName(), false, source.keyFile()));
    add(
        place,
        new ClientFile(
            source.id() + "-dom0.txt",
            false,
            TemplateInstructions.of(source, "QUBE", folder, List.of())));
  }

  private void add(Path directory, ClientFile file) {
    written.add(file.write(directory).toString());
  }
}
