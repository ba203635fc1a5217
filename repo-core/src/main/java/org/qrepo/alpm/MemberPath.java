package org.qrepo.alpm;

import java.nio.charset.StandardCharsets;

/** How paths of archive members are compared with names. */
final class MemberPath {
  private MemberPath() {}

  /** Where a path begins after a leading {@code ./}, which means nothing. */
  static int startOf(byte[] path) {
    if (!isDotSlash(path, 0)) {
      return 0;
    }
    int start = 1;
    while (start < path.length
        && (path[start] == '/'
            || isDotSlash(path, start)
            || (path[start] == '.' && start == path.length - 1))) {
      start++;
    }
    return start;
  }

  private static boolean isDotSlash(byte[] path, int at) {
    return at + 1 < path.length && path[at] == '.' && path[at + 1] == '/';
  }

  /** The path without its leading {@code ./}, to be compared with ASCII names. */
  static String plain(byte[] path) {
    int start = startOf(path);
    return new String(path, start, path.length - start, StandardCharsets.ISO_8859_1);
  }
}
