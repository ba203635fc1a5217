package org.qrepo.cli.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.console.Console;
import org.qrepo.io.AtomicFile;
import org.qrepo.publish.Fingerprint;
import org.qrepo.sign.NewKey;

/**
 * The files of a new key.
 *
 * @param fingerprint of the key
 * @param secret the key itself, for its owner's eyes only
 * @param certificate what everyone may have
 * @param revocation what makes the key void
 */
public record KeyFiles(Fingerprint fingerprint, Path secret, Path certificate, Path revocation) {
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> ALL = PosixFilePermissions.fromString("rw-r--r--");
  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");

  /**
   * Writes a new key into a directory, which is made if it is not there, for its owner alone. No
   * file is overwritten.
   */
  public static KeyFiles write(NewKey key, Path directory) throws IOException {
    return write(key, key.certificate(), directory);
  }

  /**
   * The same with another copy of its certificate.
   *
   * @param certificate armored; with what others say of the key, too
   */
  public static KeyFiles write(NewKey key, String certificate, Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(FOLDER));
    }
    KeyFiles files =
        new KeyFiles(
            key.fingerprint(),
            directory.resolve(key.fingerprint() + ".secret.asc"),
            directory.resolve(key.fingerprint() + ".asc"),
            directory.resolve(key.fingerprint() + ".revoke.asc"));
    create(files.revocation(), key.revocation().getBytes(StandardCharsets.US_ASCII), OWNER);
    create(files.certificate(), certificate.getBytes(StandardCharsets.US_ASCII), ALL);
    create(files.secret(), key.secretKey(), OWNER);
    return files;
  }

  private static void create(Path target, byte[] bytes, Set<PosixFilePermission> permissions)
      throws IOException {
    try (AtomicFile file = AtomicFile.beside(target, permissions)) {
      file.write(bytes, 0, bytes.length);
      if (!file.createNew()) {
        throw new UsageException(target + " exists already, and is not overwritten");
      }
    }
  }

  /** Says what was made and what to do with it. */
  public void announce(Console console, boolean protectedByPassphrase) {
    console.stage("Made the signing key " + fingerprint.grouped());
    console.detail(
        "secret key              " + secret + (protectedByPassphrase ? "" : " (no passphrase)"));
    console.detail("certificate             " + certificate);
    console.detail("revocation certificate  " + revocation);
    console.note(
        "Back up the secret key and the revocation certificate, in different places: without");
    console.note(
        "the first you cannot sign again, without the second you cannot withdraw a stolen key.");
  }
}
