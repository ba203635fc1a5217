package org.qrepo.repodata;

import java.time.Instant;
import java.util.Comparator;
import org.qrepo.io.Sha256;
import org.qrepo.rpm.RpmHeaders;
import org.qrepo.rpm.RpmVersion;

/**
 * A package in a repository, with what the metadata says of it. That is carried over to the next
 * state of the repository as it is: the package itself is read only once.
 *
 * @param digest of the package file
 * @param location of it, below the repository: {@code rpm/NAME-VERSION-RELEASE.noarch.rpm}
 * @param size of the package file, in bytes
 * @param built when rpmbuild made it
 * @param published when it came into the repository
 */
public record RpmEntry(
    String name,
    RpmVersion version,
    String architecture,
    Sha256 digest,
    String location,
    long size,
    Instant built,
    Instant published,
    String summary,
    String url,
    Fragments fragments) {
  /** By name, and then the older version first. */
  public static final Comparator<RpmEntry> BY_VERSION =
      Comparator.comparing(RpmEntry::name)
          .thenComparing(RpmEntry::version)
          .thenComparing(RpmEntry::location);

  /** What stands in each document. */
  record Fragments(String primary, String filelists, String other) {
    String of(MetadataKind kind) {
      return switch (kind) {
        case PRIMARY -> primary;
        case FILELISTS -> filelists;
        case OTHER -> other;
      };
    }
  }

  /**
   * What is to be listed of a package.
   *
   * @param size of the package file, in bytes
   * @param digest of the package file
   * @param published when it came into the repository
   * @param location below the repository
   * @throws org.qrepo.RefusedException {@code rpm-not-listable}
   */
  public static RpmEntry of(
      RpmHeaders headers, long size, Sha256 digest, Instant published, String location) {
    return EntryWriter.write(new EntryWriter.RpmFacts(headers, size, digest, published, location));
  }

  /** As rpm and dnf name it: {@code NAME-VERSION-RELEASE}. */
  public String label() {
    return name + "-" + version;
  }
}
