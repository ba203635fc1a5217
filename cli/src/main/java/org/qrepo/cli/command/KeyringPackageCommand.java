package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Set;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.client.KeyringPackages;
import org.qrepo.cli.console.JsonObject;
import org.qrepo.cli.repository.Targets;
import org.qrepo.client.KeyringContent;
import org.qrepo.client.KeyringPackage;
import org.qrepo.client.KeyringRelease;
import org.qrepo.io.AtomicFile;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Signable;
import org.qrepo.publish.Signer;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** Makes the keyring package, and signs it. */
@CommandLine.Command(
    name = "package",
    description = {
      "Make the keyring package and its signature, without makepkg (default DIR: where you are).",
      "Keys that are in DIR's newest package of that name already make no new one.",
      "'qrepo publish --with-keyring' does the same and publishes it."
    })
public final class KeyringPackageCommand implements Command {
  private static final Set<PosixFilePermission> READABLE =
      PosixFilePermissions.fromString("rw-r--r--");

  @Mixin private KeyringOptions options = new KeyringOptions();

  @Override
  public Answer run(Session session) throws IOException {
    Targets targets = options.targets(session);
    KeyringPackages keyrings = KeyringPackages.of(session, targets.config());
    KeyringPackage keyring = keyrings.of(targets.target(0));
    Path directory = session.path(options.out().orElse("."));
    KeyringRelease release = keyrings.after(directory, keyring);
    Path file = directory.resolve(release.fileName());
    Path signature = directory.resolve(release.fileName() + ".sig");
    boolean fresh = release.fresh() || !Files.exists(signature);
    if (fresh) {
      write(session, targets, release, file, signature);
    } else {
      session.console().detail(release.fileName() + " has these keys already");
    }
    session.console().result(file.toString());
    KeyringContent content = keyring.content();
    return Answer.done(
        json -> {
          json.field("package", keyring.identity().packageName().value())
              .field("keyring", keyring.identity().keyring().value())
              .field("version", release.version().value())
              .field("file", file.toString())
              .field("new", fresh);
          write(json, content);
        });
  }

  private static void write(JsonObject json, KeyringContent content) throws IOException {
    json.strings("trusted", content.trusted().stream().map(Fingerprint::hex).toList())
        .strings("revoked", content.revoked().stream().map(Fingerprint::hex).toList());
  }

  /** The signature first: a package without one is made anew, a signature alone hurts nobody. */
  private void write(
      Session session, Targets targets, KeyringRelease release, Path file, Path signature)
      throws IOException {
    byte[] bytes = release.bytes();
    InstantSource clock =
        session.sourceDate().map(InstantSource::fixed).orElse(InstantSource.system());
    try (Signer signer = options.signing(session, targets.config(), clock).open()) {
      session.console().stage("Signing " + release.fileName() + " with " + signer.description());
      byte[] signed = signer.sign(Signable.of(release.fileName(), bytes));
      Files.createDirectories(file.resolveSibling("."));
      AtomicFile.write(signature, signed, READABLE);
      AtomicFile.write(file, bytes, READABLE);
    }
  }
}
