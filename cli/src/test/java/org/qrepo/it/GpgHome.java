package org.qrepo.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A throw-away home of gpg, which makes keys and signatures as a publisher's own machine would. */
final class GpgHome implements AutoCloseable {
  private final Path home;

  /**
   * @param home a folder to make, with a short path
   */
  GpgHome(Path home) {
    Programs.require("gpg", "gpgconf", "gpg-agent");
    try {
      this.home =
          Files.createDirectory(
              home,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path path() {
    return home;
  }

  Command gpg(String... arguments) {
    return Command.of("gpg", "--homedir", home.toString(), "--batch", "--quiet").with(arguments);
  }

  /**
   * Makes a key without a passphrase that signs and never expires.
   *
   * @param algorithm as gpg names it: {@code ed25519}, {@code rsa3072}
   * @return its fingerprint
   */
  String generateKey(String userId, String algorithm) {
    gpg("--passphrase", "", "--quick-gen-key", userId, algorithm, "sign", "never")
        .run()
        .expectSuccess();
    return fingerprint(gpg("--list-keys", "--with-colons", "=" + userId));
  }

  Path exportSecretKey(String fingerprint, Path file) {
    gpg("--armor", "--output", file.toString(), "--export-secret-keys", fingerprint)
        .run()
        .expectSuccess();
    return file;
  }

  Path exportCertificate(String fingerprint, Path file) {
    gpg("--output", file.toString(), "--export", fingerprint).run().expectSuccess();
    return file;
  }

  /** Writes a binary detached signature beside the file. */
  Path sign(String fingerprint, Path file) {
    gpg("--local-user", fingerprint, "--detach-sign", "--no-armor", file.toString())
        .run()
        .expectSuccess();
    return file.resolveSibling(file.getFileName() + ".sig");
  }

  /** Trusts a certificate without bounds, as {@code pacman-key --lsign-key} makes pacman do. */
  void trust(Path certificate) {
    gpg("--import", certificate.toString()).run().expectSuccess();
    String fingerprint = fingerprint(gpg("--show-keys", "--with-colons", certificate.toString()));
    try {
      Path trust = Files.writeString(home.resolve("trust"), fingerprint + ":6:\n");
      gpg("--import-ownertrust", trust.toString()).run().expectSuccess();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    gpg("--check-trustdb").run().expectSuccess();
  }

  /** The first fingerprint in a listing, that of the primary key. */
  private static String fingerprint(Command listing) {
    return listing.run().expectSuccess().lines().stream()
        .filter(line -> line.startsWith("fpr:"))
        .map(line -> line.split(":", -1)[9])
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    Command.of("gpgconf", "--homedir", home.toString(), "--kill", "all").run();
  }
}
