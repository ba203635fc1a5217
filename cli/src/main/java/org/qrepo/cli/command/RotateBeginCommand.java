package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.SigningBackend;
import org.qrepo.cli.keys.KeyFiles;
import org.qrepo.cli.keys.Passphrases;
import org.qrepo.cli.keys.PublisherKey;
import org.qrepo.cli.rotation.Advice;
import org.qrepo.cli.rotation.Beginning;
import org.qrepo.io.AtomicFile;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.CrossSignature;
import org.qrepo.sign.Keyring;
import org.qrepo.sign.NewKey;
import org.qrepo.sign.SecretKeyFile;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes the key that will sign next. */
@CommandLine.Command(
    name = "begin",
    description = {
      "Make the key that will sign next, certified by the one that signs now.",
      "Its revocation certificate is made too. Where the key that signs now is not in a file, it is",
      "said what to run with gpg instead."
    })
public final class RotateBeginCommand implements Command {
  @Option(
      names = "--owner",
      paramLabel = "'NAME <MAIL>'",
      description = "Whose key it is (default: as the key that signs now has it).")
  private @Nullable String owner;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the files go (default: where the key file is).")
  private @Nullable String out;

  @Mixin private NewKeyOptions options = new NewKeyOptions();

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws IOException {
    Config config = session.config();
    Certificate own = PublisherKey.certificate(session, config);
    Optional<Path> configured = config.keyring().next().filter(f -> !holds(f, own));
    if (configured.isPresent()) {
      return done(session, config, own, configured.get(), false);
    }
    Instant now = Instant.now();
    String name = Optional.ofNullable(owner).or(() -> owner(own, now)).orElseThrow(this::nameless);
    if (config.signing().backend() != SigningBackend.FILE) {
      return elsewhere(session, config, own, name);
    }
    Path file = config.signing().keyFile().orElseThrow();
    Path directory =
        out == null ? file.toAbsolutePath().resolveSibling(".").normalize() : session.path(out);
    Optional<Path> before = made(directory, own);
    if (before.isPresent()) {
      return done(session, config, own, before.get(), false);
    }
    Path certificate = make(session, config, name, directory, own, now);
    return done(session, config, own, certificate, true);
  }

  private static boolean holds(Path file, Certificate certificate) {
    try {
      return Keyring.read(file).find(certificate.fingerprint()).isPresent();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Optional<String> owner(Certificate own, Instant now) {
    return own.userIds(now).stream().findFirst();
  }

  private UsageException nameless() {
    return new UsageException(
        "the key that signs now has no user id",
        "Say whose the next one is: --owner 'NAME <MAIL>'");
  }

  /** A successor that an earlier run made, and that is not configured yet. */
  private static Optional<Path> made(Path directory, Certificate own) throws IOException {
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(f -> String.valueOf(f.getFileName()).matches("[0-9A-F]{40}\\.asc"))
          .filter(f -> Files.exists(f.resolveSibling(stem(f) + ".secret.asc")))
          .filter(f -> endorsed(f, own))
          .sorted()
          .findFirst();
    }
  }

  private static String stem(Path file) {
    return String.valueOf(file.getFileName()).substring(0, 40);
  }

  private static boolean endorsed(Path file, Certificate own) {
    try {
      return Keyring.read(file).certificates().stream()
          .filter(c -> !c.fingerprint().equals(own.fingerprint()))
          .anyMatch(c -> CrossSignature.isEndorsed(c, own));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Path make(
      Session session, Config config, String name, Path directory, Certificate own, Instant now)
      throws IOException {
    SecretKeyFile file = SecretKeyFile.read(config.signing().keyFile().orElseThrow());
    NewKey key = options.generate(session, config, name);
    Certificate next =
        Keyring.parse("the new key", key.certificate().getBytes(StandardCharsets.US_ASCII))
            .certificates()
            .get(0);
    Instant signed = now.isBefore(next.created()) ? next.created() : now;
    String certificate =
        CrossSignature.endorse(
            next,
            file,
            config.signing().key(),
            new Passphrases(session, config, Optional.empty()),
            signed);
    KeyFiles files = KeyFiles.write(key, certificate, directory);
    Path old = directory.resolve(own.fingerprint() + ".asc");
    if (!Files.exists(old)) {
      AtomicFile.write(
          old,
          own.armored(now).getBytes(StandardCharsets.US_ASCII),
          PosixFilePermissions.fromString("rw-r--r--"));
    }
    files.announce(session.console(), options.isProtected());
    session.console().note("The key that signs now, " + own.fingerprint().grouped() + ",");
    session.console().note("certified it; its own certificate is in " + old + ".");
    return files.certificate();
  }

  private Answer done(
      Session session, Config config, Certificate own, Path certificate, boolean fresh)
      throws IOException {
    Certificate next = Keyring.read(certificate).certificates().get(0);
    if (!fresh) {
      session.console().stage("The next key was made before: " + next.fingerprint().grouped());
    }
    boolean known = config.keyring().next().equals(Optional.of(certificate));
    Advice advice = Beginning.advice(config, certificate, known);
    advice.say(session.console());
    return Answer.done(
        json -> {
          json.field("fingerprint", next.fingerprint().hex())
              .field("old", own.fingerprint().hex())
              .field("certificate", certificate.toString())
              .field("new", fresh);
          advice.write(json);
        });
  }

  /** A program that signs data certifies no keys: gpg does, wherever the key is. */
  private Answer elsewhere(Session session, Config config, Certificate own, String name) {
    List<String> commands = new ArrayList<>(Beginning.withGpg(config, own, name));
    session.console().stage("The key is not in a file: make the next one where it is, with gpg");
    if (config.signing().programs().vault().isPresent()) {
      session.console().note("In the qube " + config.signing().programs().vault().get() + ":");
    }
    commands.forEach(c -> session.console().document(c + "\n"));
    Advice advice = Beginning.advice(config, session.path("next.asc"), false);
    advice.say(session.console());
    return Answer.done(
        json -> {
          json.field("old", own.fingerprint().hex()).strings("gpg", commands);
          advice.write(json);
        });
  }
}
