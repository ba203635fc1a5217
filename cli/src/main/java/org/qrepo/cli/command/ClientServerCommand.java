package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.client.ServedFolders;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.client.ServedFolder;
import org.qrepo.client.WebServer;
import org.qrepo.io.AtomicFile;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the configuration of a web server for a repository. */
@CommandLine.Command(
    name = "server",
    description = {
      "Print what a web server's configuration needs for a repository.",
      "Databases are redirected to their generation, so that clients get the database and the",
      "signature of one moment; caches are told what they may keep."
    })
public final class ClientServerCommand implements Command {
  @Parameters(
      index = "0",
      paramLabel = "SERVER",
      description = "The web server: ${COMPLETION-CANDIDATES}.")
  private WebServer server = WebServer.NGINX;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "T",
      description = "A target of the configuration, a directory or a URL.")
  private List<String> target = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Write it into DIR instead, as qrepo-NAME.conf.")
  private @Nullable String out;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      description = "The repository's directory on the web server (default: that of the target).")
  private @Nullable String root;

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Override
  public Answer run(Session session) throws IOException {
    Targets targets = Targets.of(session, flags, target).requireOne();
    ServedFolder folder =
        ServedFolders.of(targets.config(), targets.target(0), Optional.ofNullable(root));
    String text = server.configuration(folder);
    Optional<Path> file = Optional.empty();
    if (out == null) {
      session.console().document(text);
    } else {
      file = Optional.of(write(session.path(out), server.fileName(folder), text));
      session.console().result(file.get().toString());
    }
    Optional<String> written = file.map(Path::toString);
    return Answer.done(
        json ->
            json.field("server", server.name().toLowerCase(Locale.ROOT))
                .field("repository", folder.repository().value())
                .field("directory", folder.directory())
                .field("path", folder.path())
                .field("file", written)
                .field("text", text));
  }

  private static Path write(Path directory, String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(directory);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (AtomicFile atomic =
        AtomicFile.beside(file, PosixFilePermissions.fromString("rw-r--r--"))) {
      atomic.write(bytes, 0, bytes.length);
      atomic.replace();
    }
    return file;
  }
}
