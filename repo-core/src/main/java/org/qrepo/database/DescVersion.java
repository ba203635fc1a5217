package org.qrepo.database;

/** The versions of the {@code desc} file, as alpm-repo-desc(7) numbers them. */
public enum DescVersion {
  /**
   * With MD5SUM, as repo-add wrote it until pacman 6.0; for clients that know no other checksum.
   */
  V1,
  /** Without MD5SUM, as repo-add writes it since pacman 6.1. */
  V2
}
