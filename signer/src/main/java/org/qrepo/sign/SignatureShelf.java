package org.qrepo.sign;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.qrepo.io.AtomicFile;
import org.qrepo.io.Sha256;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Verifier;

/**
 * Keeps signatures for some days, so that a batch that broke off goes on where it stopped. A
 * directory of small files, {@code SHA256-FINGERPRINT.sig}; what lies there is believed only once
 * it was verified.
 */
public final class SignatureShelf {
  /** How long a signature is kept. */
  static final Duration KEPT = Duration.ofDays(7);

  private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}-[0-9A-F]{40}\\.sig");
  private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rw-------");

  private final Path directory;

  /**
   * @param directory need not be there
   */
  public SignatureShelf(Path directory) {
    this.directory = directory;
  }

  /** The signature by this certificate over the bytes of this digest, as it was kept. */
  Optional<byte[]> find(Sha256 digest, Fingerprint certificate) throws IOException {
    try (InputStream in = Files.newInputStream(file(digest, certificate))) {
      return Optional.of(in.readNBytes(Verifier.MAX_SIGNATURE + 1));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  void keep(Sha256 digest, Fingerprint certificate, byte[] signature) throws IOException {
    Files.createDirectories(directory);
    AtomicFile.write(file(digest, certificate), signature, OWN);
  }

  /** Removes what is older than a week. */
  void sweep(Instant now) throws IOException {
    List<Path> files;
    try (Stream<Path> list = Files.list(directory)) {
      files = list.filter(f -> NAME.matcher(f.getFileName().toString()).matches()).toList();
    } catch (NoSuchFileException e) {
      return;
    }
    for (Path file : files) {
      if (Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(KEPT))) {
        Files.deleteIfExists(file);
      }
    }
  }

  private Path file(Sha256 digest, Fingerprint certificate) {
    return directory.resolve(digest.hex() + "-" + certificate.hex() + ".sig");
  }
}
