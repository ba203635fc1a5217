package org.qrepo.alpm;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Gathers the paths of an archive into a {@link FileList}: left out are members whose path begins
 * with a dot, the others are escaped as bsdtar does, sorted by bytes, each kept once.
 */
final class FileListBuilder {
  /** Several times what the largest real packages have. */
  private static final int MAX_PATHS = 1_000_000;

  private static final int MAX_BYTES = 32 << 20;

  /** What Linux takes as a path, less its terminating zero. */
  private static final int MAX_PATH = 4095;

  private final Lines lines = new Lines();

  /**
   * Takes a member's path.
   *
   * @throws ArchiveException if clients could not or should not unpack it
   */
  void add(byte[] path) throws ArchiveException {
    check(path);
    if (isHidden(path)) {
      return;
    }
    if (lines.count == MAX_PATHS || lines.length > MAX_BYTES) {
      throw new ArchiveException(
          ArchiveException.TOO_LARGE, "archive has more members than qrepo keeps in a file list");
    }
    PathEscaper.escape(path, lines);
    lines.endLine();
  }

  private static void check(byte[] path) throws ArchiveException {
    if (path.length > MAX_PATH) {
      throw refused(path, "is longer than " + MAX_PATH + " bytes", "clients cannot unpack it");
    }
    int start = 0;
    for (int i = 0; i <= path.length; i++) {
      if (i == path.length || path[i] == '/') {
        if (i - start == 2 && path[start] == '.' && path[start + 1] == '.') {
          throw refused(
              path, "leads out of its directory with '..'", "no honest package does that");
        }
        start = i + 1;
      } else if (path[i] == '\n') {
        throw refused(
            path, "has a newline", "it would break the list of installed files on clients");
      }
    }
  }

  private static ArchiveException refused(byte[] path, String reason, String detail) {
    String shown = Quoted.of(new String(path, StandardCharsets.UTF_8));
    return new ArchiveException("package-path", "path " + shown + " " + reason, detail);
  }

  /** A leading {@code ./} is not seen, as bsdtar does not see it when it excludes {@code ^.*}. */
  private static boolean isHidden(byte[] path) {
    int start = MemberPath.startOf(path);
    return start < path.length && path[start] == '.';
  }

  FileList build() {
    return FileList.ofOwned(lines.sorted());
  }

  /** Lines one after the other, and where each begins. */
  static final class Lines {
    private byte[] bytes = new byte[1 << 12];
    private int[] starts = new int[1 << 7];
    private int length;
    private int count;

    void append(int b) {
      if (length == bytes.length) {
        bytes = Arrays.copyOf(bytes, length * 2);
      }
      bytes[length++] = (byte) b;
    }

    private void endLine() {
      append('\n');
      count++;
      if (count == starts.length) {
        starts = Arrays.copyOf(starts, count * 2);
      }
      starts[count] = length;
    }

    /** A line ends before its newline: a shorter line goes before a longer one that it begins. */
    private int compare(int a, int b) {
      return Arrays.compareUnsigned(
          bytes, starts[a], starts[a + 1] - 1, bytes, starts[b], starts[b + 1] - 1);
    }

    private byte[] sorted() {
      byte[] header = FileList.HEADER;
      int[] order = order();
      int total = header.length;
      for (int line : order) {
        total += starts[line + 1] - starts[line];
      }
      byte[] sorted = Arrays.copyOf(header, total);
      int position = header.length;
      for (int line : order) {
        int size = starts[line + 1] - starts[line];
        System.arraycopy(bytes, starts[line], sorted, position, size);
        position += size;
      }
      return sorted;
    }

    private int[] order() {
      if (IntStream.range(1, count).allMatch(i -> compare(i - 1, i) < 0)) {
        return IntStream.range(0, count).toArray();
      }
      Comparator<Integer> byBytes = this::compare;
      int[] all =
          IntStream.range(0, count).boxed().sorted(byBytes).mapToInt(Integer::intValue).toArray();
      int kept = 0;
      for (int i = 0; i < all.length; i++) {
        if (i == 0 || compare(all[kept - 1], all[i]) != 0) {
          all[kept++] = all[i];
        }
      }
      return Arrays.copyOf(all, kept);
    }
  }
}
