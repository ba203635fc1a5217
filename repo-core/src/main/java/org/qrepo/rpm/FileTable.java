package org.qrepo.rpm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The files that a header lists. Paths stand there as a base name and the number of a folder.
 *
 * @param files in the order of the header
 */
public record FileTable(List<Entry> files) {
  /** More are not listed: a template has some ten. */
  public static final int MOST = 100_000;

  /** What a path has at most on Linux, in bytes; a name in it has fewer. */
  private static final int LONGEST_PATH = 4096;

  private static final int TYPE_MASK = 0xf000;
  private static final int DIRECTORY = 0x4000;
  private static final int LINK = 0xa000;
  private static final int GHOST = 1 << 6;

  public FileTable {
    files = List.copyOf(files);
  }

  /**
   * A file.
   *
   * @param size in bytes
   * @param link what a symbolic link names
   */
  public record Entry(String path, long size, int mode, long flags, long inode, String link) {
    public boolean directory() {
      return (mode & TYPE_MASK) == DIRECTORY;
    }

    boolean symbolicLink() {
      return (mode & TYPE_MASK) == LINK;
    }

    boolean regular() {
      return (mode & TYPE_MASK) == 0x8000;
    }

    /** Whether it is listed only and not in the payload. */
    public boolean ghost() {
      return (flags & GHOST) != 0;
    }
  }

  /**
   * Empty if there are too many, a path is longer than any can be, or the lists do not agree in
   * length.
   */
  public static Optional<FileTable> of(RpmHeader header) {
    int count = header.count(RpmTag.BASE_NAMES);
    boolean agree =
        count <= MOST
            && header.count(RpmTag.DIR_NAMES) <= MOST
            && header.count(RpmTag.DIR_INDEXES) == count
            && header.count(RpmTag.FILE_MODES) == count
            && header.count(RpmTag.FILE_LINK_TARGETS) == count
            && header.count(sizes(header)) == count;
    if (!agree) {
      return Optional.empty();
    }
    List<String> names = header.texts(RpmTag.BASE_NAMES);
    List<String> folders = header.texts(RpmTag.DIR_NAMES);
    List<String> links = header.texts(RpmTag.FILE_LINK_TARGETS);
    List<Entry> files = new ArrayList<>(count);
    for (int i = 0; i < names.size() && i < links.size(); i++) {
      long folder = header.number(RpmTag.DIR_INDEXES, i).orElse(-1);
      if (folder < 0
          || folder >= folders.size()
          || folders.get((int) folder).length() + names.get(i).length() > LONGEST_PATH) {
        return Optional.empty();
      }
      files.add(entry(header, i, folders.get((int) folder) + names.get(i), links.get(i)));
    }
    return files.size() == count ? Optional.of(new FileTable(files)) : Optional.empty();
  }

  private static Entry entry(RpmHeader header, int i, String path, String link) {
    return new Entry(
        path,
        header.number(sizes(header), i).orElse(0),
        (int) header.number(RpmTag.FILE_MODES, i).orElse(0),
        header.number(RpmTag.FILE_FLAGS, i).orElse(0),
        header.number(RpmTag.FILE_INODES, i).orElse(i),
        link);
  }

  private static int sizes(RpmHeader header) {
    return header.has(RpmTag.LONG_FILE_SIZES) ? RpmTag.LONG_FILE_SIZES : RpmTag.FILE_SIZES;
  }

  /**
   * How many bytes the payload has unpacked, as rpm writes it: an archive in cpio's "newc" form,
   * whose entries and their content are each filled up to a multiple of four; where a file has 4
   * GiB or more, in rpm's own form without names. Empty where hard links make it a matter of order.
   */
  OptionalLong payloadSize(boolean large) {
    long size = padded(110 + "TRAILER!!!".length() + 1L);
    long links = files.stream().filter(Entry::regular).map(Entry::inode).distinct().count();
    if (links != files.stream().filter(Entry::regular).count()) {
      return OptionalLong.empty();
    }
    for (Entry file : files) {
      if (!file.ghost()) {
        int name = file.path().getBytes(java.nio.charset.StandardCharsets.UTF_8).length + 2;
        size += large ? 16 : padded(110L + name);
        size += padded(contentSize(file));
      }
    }
    return OptionalLong.of(size);
  }

  private static long contentSize(Entry file) {
    if (file.symbolicLink()) {
      return file.link().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    }
    return file.regular() ? file.size() : 0;
  }

  private static long padded(long size) {
    return (size + 3) / 4 * 4;
  }
}
