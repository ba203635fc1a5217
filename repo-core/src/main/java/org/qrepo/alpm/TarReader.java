package org.qrepo.alpm;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads the members of a tar archive from a stream, strictly: what libarchive, the reader of all
 * clients, would repair, guess or read in another way than other tools is refused. Paths are bytes.
 * Memory is bounded whatever the archive says. After the last member the archive has been read to
 * its end: at least two blocks of zeros, and nothing else.
 */
final class TarReader {
  static final String DAMAGED = "package-damaged";
  static final String TRUNCATED = "package-truncated";
  static final String TOO_LARGE = "package-too-large";
  private static final String MEMBER = "package-member-unsupported";

  /**
   * No package is that large; without a bound a few kilobytes could keep a reader busy for days.
   */
  private static final long MAX_TOTAL = 64L << 30;

  /** Enough for names, access lists and attributes of one member; libarchive has the same bound. */
  private static final int MAX_EXTENDED_HEADER = 1 << 20;

  /** The largest record that tar programs pad to. */
  private static final long MAX_PADDING = 1 << 20;

  private final InputStream in;
  private final byte[] block = new byte[TarHeader.BLOCK];
  private final byte[] scratch = new byte[1 << 17];
  private long total;
  private boolean started;
  private long contentLeft;
  private int paddingLeft;
  private byte[] path = new byte[0];
  private char type;
  private boolean sparse;

  TarReader(InputStream in) {
    this.in = in;
  }

  /** Goes on to the next member, past what is left of this one; false at the end. */
  boolean next() throws IOException {
    skipContent();
    @Nullable PaxRecords records = null;
    byte @Nullable [] longName = null;
    while (readHeaderBlock()) {
      TarHeader header = TarHeader.parse(block);
      switch (header.type()) {
        case 'x' -> {
          requireFirst(records == null && longName == null);
          records = PaxRecords.parse(extendedHeader(header));
        }
        case 'L' -> {
          requireFirst(records == null && longName == null);
          longName = withoutTerminator(extendedHeader(header));
        }
        case 'K' -> extendedHeader(header);
        case 'g' -> {
          requireFirst(records == null && longName == null);
          requireHarmless(PaxRecords.parse(extendedHeader(header)));
        }
        default -> {
          begin(header, Optional.ofNullable(records), Optional.ofNullable(longName));
          return true;
        }
      }
    }
    if (records != null || longName != null) {
      throw new ArchiveException(DAMAGED, "archive ends after an extended header");
    }
    return false;
  }

  /** Path of the member as the archive has it: not empty, no zero byte, any encoding. */
  byte[] path() {
    return path;
  }

  boolean isRegularFile() {
    return type == '0';
  }

  /** Whether the content is stored as a map and pieces. */
  boolean isSparse() {
    return sparse;
  }

  /**
   * The content of the member.
   *
   * @throws ArchiveException if it is longer than {@code max} bytes
   */
  byte[] content(int max) throws IOException {
    if (contentLeft > max) {
      throw new ArchiveException(
          TOO_LARGE,
          "member "
              + Quoted.of(new String(path, java.nio.charset.StandardCharsets.UTF_8))
              + " has more than "
              + max
              + " bytes");
    }
    byte[] content = new byte[(int) contentLeft];
    readFully(content, content.length);
    contentLeft = 0;
    return content;
  }

  private void begin(TarHeader header, Optional<PaxRecords> records, Optional<byte[]> longName)
      throws ArchiveException {
    OptionalLong size = records.isPresent() ? records.get().size() : OptionalLong.empty();
    type = header.type() == '7' ? '0' : header.type();
    Optional<byte[]> paxPath = records.isPresent() ? records.get().path() : Optional.empty();
    path = paxPath.or(() -> longName).orElse(header.path());
    sparse = records.filter(PaxRecords::isSparse).isPresent();
    if (path.length == 0) {
      throw new ArchiveException(DAMAGED, "a member has no name");
    }
    if (type < '0' || type > '6') {
      throw new ArchiveException(
          MEMBER,
          "a member is of the type "
              + Quoted.of(String.valueOf(type))
              + ", which is not"
              + " supported",
          "makepkg writes files, links and directories");
    }
    expect(size.orElse(header.size()));
    if (type != '0' && contentLeft > 0) {
      throw new ArchiveException(
          DAMAGED, "a member that is not a file has content", "tools differ in how they read this");
    }
  }

  private void expect(long size) throws ArchiveException {
    if (size > MAX_TOTAL - total) {
      throw new ArchiveException(
          TOO_LARGE, "archive has more than " + MAX_TOTAL + " bytes unpacked");
    }
    contentLeft = size;
    paddingLeft = (int) (-size & (TarHeader.BLOCK - 1));
  }

  private byte[] extendedHeader(TarHeader header) throws IOException {
    if (header.size() > MAX_EXTENDED_HEADER) {
      throw new ArchiveException(
          TOO_LARGE, "an extended header has more than " + MAX_EXTENDED_HEADER + " bytes");
    }
    expect(header.size());
    byte[] content = content(MAX_EXTENDED_HEADER);
    skipContent();
    return content;
  }

  private static byte[] withoutTerminator(byte[] name) {
    int end = 0;
    while (end < name.length && name[end] != 0) {
      end++;
    }
    return Arrays.copyOf(name, end);
  }

  private static void requireFirst(boolean first) throws ArchiveException {
    if (!first) {
      throw new ArchiveException(
          DAMAGED, "two extended headers name one member", "tools differ in which they believe");
    }
  }

  private static void requireHarmless(PaxRecords global) throws ArchiveException {
    if (global.describesMember()) {
      throw new ArchiveException(
          DAMAGED,
          "an extended header gives one path or size to all members",
          "tools differ in whether they believe it");
    }
  }

  /** Reads a header; false at the end of the archive, which is then read to the last byte. */
  private boolean readHeaderBlock() throws IOException {
    int n = in.readNBytes(block, 0, TarHeader.BLOCK);
    count(n);
    if (!started && n > 0 && (n < TarHeader.BLOCK || !isTar())) {
      throw new ArchiveException(
          "package-format", "is not a package: what it holds is not a tar archive");
    }
    started = true;
    if (n < TarHeader.BLOCK) {
      throw truncated();
    }
    if (!TarHeader.isZero(block)) {
      return true;
    }
    readEnd();
    return false;
  }

  private boolean isTar() {
    return TarHeader.isZero(block) || TarHeader.hasChecksum(block);
  }

  private void readEnd() throws IOException {
    long padding = 0;
    for (int n = in.read(scratch); n >= 0; n = in.read(scratch)) {
      padding += n;
      for (int i = 0; i < n; i++) {
        if (scratch[i] != 0) {
          throw new ArchiveException(DAMAGED, "something follows the end of the archive");
        }
      }
      if (padding > MAX_PADDING) {
        throw new ArchiveException(TOO_LARGE, "more than 1 MiB of zeros follow the archive");
      }
    }
    if (padding < TarHeader.BLOCK || padding % TarHeader.BLOCK != 0) {
      throw truncated();
    }
  }

  private void skipContent() throws IOException {
    for (long left = contentLeft + paddingLeft; left > 0; ) {
      int n = in.read(scratch, 0, (int) Math.min(scratch.length, left));
      if (n < 0) {
        throw truncated();
      }
      count(n);
      left -= n;
    }
    contentLeft = 0;
    paddingLeft = 0;
  }

  private void readFully(byte[] target, int length) throws IOException {
    int n = in.readNBytes(target, 0, length);
    count(n);
    if (n < length) {
      throw truncated();
    }
  }

  private void count(int n) throws ArchiveException {
    total += n;
    if (total > MAX_TOTAL) {
      throw new ArchiveException(
          TOO_LARGE, "archive has more than " + MAX_TOTAL + " bytes unpacked");
    }
  }

  private static ArchiveException truncated() {
    return new ArchiveException(
        TRUNCATED, "archive is cut short", "build or copy the package again");
  }
}
