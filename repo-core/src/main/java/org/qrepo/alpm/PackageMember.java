package org.qrepo.alpm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.qrepo.tar.TarWriter;

/** A member of a package that is being written. */
final class PackageMember {
  private static final int MAX_MODE = 07777;

  private final String path;
  private final int mode;
  private final boolean directory;
  private final byte[] content;

  private PackageMember(String path, int mode, boolean directory, byte[] content) {
    this.path = path;
    this.mode = mode;
    this.directory = directory;
    this.content = content;
  }

  static PackageMember file(PackagePath path, int mode, byte[] content) {
    if (mode < 0 || mode > MAX_MODE) {
      throw new IllegalArgumentException(
          "mode " + Integer.toOctalString(mode) + " has more than permission bits");
    }
    return new PackageMember(path.value(), mode, false, content.clone());
  }

  static PackageMember directory(PackagePath path) {
    return new PackageMember(path.value(), 0755, true, new byte[0]);
  }

  /** One of pacman's own members: {@code .PKGINFO}. */
  static PackageMember special(String name, byte[] content) {
    return new PackageMember(name, 0644, false, content);
  }

  static PackageMember special(String name, String content) {
    return special(name, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Without a slash at its end. */
  String path() {
    return path;
  }

  int mode() {
    return mode;
  }

  boolean isDirectory() {
    return directory;
  }

  byte[] content() {
    return content;
  }

  void writeTo(TarWriter tar, long time) throws IOException {
    if (directory) {
      tar.directory(path + "/", time);
    } else {
      tar.file(path, mode, content, time);
    }
  }
}
