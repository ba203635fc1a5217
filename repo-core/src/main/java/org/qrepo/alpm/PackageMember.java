package org.qrepo.alpm;

/** A member of a package that is being written. */
final class PackageMember {
  private final String path;
  private final int mode;
  private final byte[] content;

  private PackageMember(String path, int mode, byte[] content) {
    this.path = path;
    this.mode = mode;
    this.content = content;
  }

  static PackageMember file(String path, int mode, byte[] content) {
    if (path.isEmpty() || path.startsWith("/") || path.endsWith("/") || path.contains("//")) {
      throw new IllegalArgumentException("'" + path + "' is not a path below the root");
    }
    return new PackageMember(path, mode, content.clone());
  }

  static PackageMember directory(String path) {
    return new PackageMember(path, 0755, new byte[0]);
  }

  /** A directory's ends in a slash. */
  String path() {
    return path;
  }

  int mode() {
    return mode;
  }

  byte[] content() {
    return content;
  }

  boolean isDirectory() {
    return path.endsWith("/");
  }
}
