package org.qrepo.cli.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.ConfigLoader;
import org.qrepo.cli.keys.KeyFiles;
import org.qrepo.io.AtomicFile;
import org.qrepo.publish.RepositoryName;
import org.qrepo.sign.NewKey;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a configuration to begin with. */
@CommandLine.Command(
    name = "init",
    description = "Write a commented qrepo.yml, and make a signing key if asked to.")
public final class InitCommand implements Command {
  private static final String KEYS = "keys";

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "DIR",
      description = "Where to (default: here); made if it is not there.")
  private String directory = ".";

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The repository's name (default: that of the directory).")
  private @Nullable String name;

  @Option(
      names = "--generate-key",
      paramLabel = "'NAME <MAIL>'",
      description = "Make a signing key for this owner.")
  private @Nullable String owner;

  @Mixin private NewKeyOptions key = new NewKeyOptions();

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws IOException {
    Path target = session.path(directory);
    Path file = target.resolve(ConfigLoader.FILE_NAME);
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new UsageException(file + " exists already, and is not overwritten");
    }
    RepositoryName repository = repositoryName(target);
    Optional<KeyFiles> keys = generate(session, target);
    create(file, text(repository, keys));
    session.console().stage("Wrote " + file);
    keys.ifPresent(k -> k.announce(session.console(), key.isProtected()));
    session.console().note("Next: qrepo publish PACKAGE… --to local");
    session.console().result(file.toString());
    return Answer.done(
        json ->
            json.field("file", file.toString())
                .field("repository", repository.value())
                .field("fingerprint", keys.map(k -> k.fingerprint().hex())));
  }

  private RepositoryName repositoryName(Path target) {
    Path last = target.getFileName();
    String word = name != null ? name : last == null ? "" : last.toString();
    try {
      return new RepositoryName(word);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage() + "; say --name NAME");
    }
  }

  private Optional<KeyFiles> generate(Session session, Path target) throws IOException {
    if (owner == null) {
      Files.createDirectories(target);
      return Optional.empty();
    }
    Config nothing = new ConfigLoader(session.cwd(), session.environment()).defaults();
    NewKey made = key.generate(session, nothing, owner);
    Files.createDirectories(target);
    Path keys = target.resolve(KEYS);
    KeyFiles files = KeyFiles.write(made, keys);
    Path ignore = keys.resolve(".gitignore");
    if (!Files.exists(ignore)) {
      create(ignore, "# Secret keys do not belong into a repository of sources.\n*\n");
    }
    return Optional.of(files);
  }

  private static String text(RepositoryName repository, Optional<KeyFiles> keys)
      throws IOException {
    String signing =
        keys.map(
                k ->
                    "  key: "
                        + k.fingerprint()
                        + "\n  key-file: "
                        + KEYS
                        + "/"
                        + k.secret().getFileName())
            .orElse(
                "  # key: 0123456789ABCDEF0123456789ABCDEF01234567\n  # key-file: ~/secret.asc");
    return template().replace("@name@", repository.value()).replace("@signing@", signing);
  }

  private static String template() throws IOException {
    try (InputStream in = InitCommand.class.getResourceAsStream("qrepo.yml")) {
      if (in == null) {
        throw new IllegalStateException("the template is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void create(Path target, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (AtomicFile file =
        AtomicFile.beside(target, PosixFilePermissions.fromString("rw-r--r--"))) {
      file.write(bytes, 0, bytes.length);
      if (!file.createNew()) {
        throw new UsageException(target + " exists already, and is not overwritten");
      }
    }
  }
}
