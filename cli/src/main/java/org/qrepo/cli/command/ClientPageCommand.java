package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.client.page.LandingPage;
import org.qrepo.io.AtomicFile;
import org.qrepo.publish.Generation;
import org.qrepo.publish.StoreKey;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes the landing page of a repository. */
@CommandLine.Command(
    name = "page",
    description = {
      "Make the landing page of a repository.",
      "That is index.html for people, repo.json for programs, and NAME.asc with the certificates. With",
      "'page: true' at a target, each publish renews it there."
    })
public final class ClientPageCommand implements Command {
  @Mixin private TargetArgument target = new TargetArgument();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Write the files into DIR (default: the page goes to standard output).")
  private @Nullable String out;

  @Option(names = "--publish", description = "Put the files beside the repository.")
  private boolean publish;

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Override
  public boolean changes() {
    return publish;
  }

  @Override
  public Answer run(Session session) throws Exception {
    if (publish && out != null) {
      throw new UsageException("--out and --publish are two places: choose one");
    }
    try (OpenTarget open = Targets.of(session, flags, target.given()).only()) {
      List<String> written = publish ? publish(session, open) : print(session, open);
      return Answer.done(
          json ->
              json.field("repository", open.spec().name().value())
                  .field("location", open.location())
                  .strings("files", written));
    }
  }

  private static List<String> publish(Session session, OpenTarget open) throws IOException {
    live(open);
    List<String> written = open.renewPage().stream().map(StoreKey::value).toList();
    session
        .console()
        .stage(
            written.isEmpty()
                ? "The page at " + open.location() + " is up to date"
                : "The page at " + open.location() + " is renewed");
    written.forEach(session.console()::detail);
    return written;
  }

  private static Generation live(OpenTarget open) throws IOException {
    return open.history()
        .live()
        .orElseThrow(
            () ->
                new UsageException(
                    "nothing is published at " + open.location(),
                    "Publish first: the page shows what is there."));
  }

  private List<String> print(Session session, OpenTarget open) throws IOException {
    Map<StoreKey, byte[]> files = open.pageFiles().files(live(open));
    if (out == null) {
      byte[] page = files.get(new StoreKey(LandingPage.FILE_NAME));
      session.console().document(new String(page, StandardCharsets.UTF_8));
      return List.of();
    }
    return write(session, session.path(out), files);
  }

  private static List<String> write(Session session, Path directory, Map<StoreKey, byte[]> files)
      throws IOException {
    Files.createDirectories(directory);
    List<String> written = new ArrayList<>();
    for (Map.Entry<StoreKey, byte[]> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey().value());
      AtomicFile.write(path, file.getValue(), PosixFilePermissions.fromString("rw-r--r--"));
      session.console().result(path.toString());
      written.add(path.toString());
    }
    return written;
  }
}
