package org.qrepo.database;

import org.qrepo.alpm.PackageName;
import org.qrepo.alpm.PackageVersion;

/**
 * The directory of an entry, {@code NAME-VERSION}: the last two parts between dashes are the
 * version.
 */
record EntryDirectory(PackageName name, PackageVersion version) {
  /** The longest directory name that clients read, in bytes. */
  static final int MAX_LENGTH = 255;

  EntryDirectory {
    int length = name.value().length() + version.value().length() + 1;
    if (length > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "name and version have " + length + " characters together, clients read " + MAX_LENGTH);
    }
  }

  /**
   * Splits a directory's name.
   *
   * @throws IllegalArgumentException with a reason that can be shown
   */
  static EntryDirectory parse(String directory) {
    int release = directory.lastIndexOf('-');
    int version = directory.lastIndexOf('-', release - 1);
    if (version < 1) {
      throw new IllegalArgumentException(
          Subject.quote(directory) + " is not a package name with a version");
    }
    return new EntryDirectory(
        new PackageName(directory.substring(0, version)),
        new PackageVersion(directory.substring(version + 1)));
  }

  @Override
  public String toString() {
    return name + "-" + version;
  }
}
