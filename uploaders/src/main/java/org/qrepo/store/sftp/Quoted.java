package org.qrepo.store.sftp;

/** Paths for those calls of the SFTP library that take patterns. */
final class Quoted {
  private Quoted() {}

  /** The pattern that means this path and no other. */
  static String path(String path) {
    return path.replaceAll("[\\\\*?]", "\\\\$0");
  }
}
