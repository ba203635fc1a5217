package org.qrepo.client;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.qrepo.alpm.PackageVersion;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;

/**
 * A version of a keyring package. The same content is the same version: whether what is there
 * already has it is found out by building that version again.
 */
public final class KeyringRelease {
  private final PackageVersion version;
  private final String fileName;
  private final byte[] bytes;
  private final boolean fresh;

  private KeyringRelease(PackageVersion version, String fileName, byte[] bytes, boolean fresh) {
    this.version = version;
    this.fileName = fileName;
    this.bytes = bytes;
    this.fresh = fresh;
  }

  /**
   * What is there already.
   *
   * @param buildDate in seconds since 1970
   * @param sha256 of the file
   */
  public record Previous(PackageVersion version, long buildDate, Sha256 sha256) {}

  /**
   * The version for the content of a package.
   *
   * @param previous the newest version that there is
   * @param now the time that a new version takes its day from
   * @param fixed what a new version gives as its build date; empty for the begin of its day
   */
  public static KeyringRelease of(
      KeyringPackage keyring, Optional<Previous> previous, Instant now, Optional<Instant> fixed) {
    if (previous.isPresent()) {
      Previous before = previous.get();
      byte[] again = keyring.bytes(before.version(), Instant.ofEpochSecond(before.buildDate()));
      if (Digests.of(again, Set.of()).sha256().equals(before.sha256())) {
        return new KeyringRelease(
            before.version(), keyring.fileName(before.version()), again, false);
      }
    }
    PackageVersion next = KeyringVersion.after(previous.map(Previous::version), now);
    Instant buildDate = fixed.orElse(KeyringVersion.buildDate(next, now));
    return new KeyringRelease(next, keyring.fileName(next), keyring.bytes(next, buildDate), true);
  }

  public PackageVersion version() {
    return version;
  }

  public String fileName() {
    return fileName;
  }

  /** Whether it is a new version, and not what was there before. */
  public boolean fresh() {
    return fresh;
  }

  /** The package. */
  public byte[] bytes() {
    return bytes.clone();
  }
}
