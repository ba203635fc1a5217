package org.qrepo.tar;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.qrepo.tar.TarException.Kind;

/**
 * Reads the members of a tar archive (old Unix, ustar, pax, GNU) from a stream, strictly: what
 * libarchive, the reader of all clients, would repair, guess or read in another way than other
 * tools is refused. Every header checksum counts; after the last member the archive has been read
 * to its last byte: at least two blocks of zeros, and nothing else. Memory is bounded whatever the
 * archive says.
 *
 * <p>It is not a library's reader because those take a lost end, a wrong checksum or bytes after
 * the end without a word.
 *
 * <p>An archive is a sequence of headers, each followed by its content, both padded to blocks of
 * 512 bytes. The typeflag of a header says whether it is a member or only tells about those that
 * follow: {@code 'x'} pax records for the next one, {@code 'g'} pax records for all, {@code 'L'}
 * and {@code 'K'} GNU's long name and long link of the next one. Sources: POSIX.1-2017 pax, "ustar
 * Interchange Format" and "pax Interchange Format"; tar(5) for GNU's.
 */
public final class TarReader {
  /** Bytes of a header; after so many it is known whether this is an archive at all. */
  public static final int BLOCK = TarHeader.BLOCK;

  /** Enough for names, access lists and attributes of one member; libarchive has the same bound. */
  private static final int MAX_EXTENDED_HEADER = 1 << 20;

  private final InputStream in;
  private final TarLimits limits;
  private final Comments comments;
  private final byte[] block = new byte[BLOCK];
  private final TarHeader header = new TarHeader(block);
  private final byte[] scratch = new byte[1 << 17];
  private final InputStream content = new Content();
  private long position;
  private long contentLeft;
  private int paddingLeft;
  private boolean started;

  /**
   * A reader at the start of an archive.
   *
   * @param in read failures of its own pass through; it is left open
   */
  public TarReader(InputStream in, TarLimits limits) {
    this(in, limits, (offset, text) -> {});
  }

  /** As {@link #TarReader(InputStream, TarLimits)}. */
  public TarReader(InputStream in, TarLimits limits, Comments comments) {
    this.in = in;
    this.limits = limits;
    this.comments = comments;
  }

  /** Takes comments on the whole archive. */
  @FunctionalInterface
  public interface Comments {
    /**
     * Called for each global header that has a comment.
     *
     * @param offset of the header in the archive; 0 if the archive begins with it
     */
    void comment(long offset, String text) throws IOException;
  }

  /**
   * The next member; empty at the end. What was not read of the one before is skipped.
   *
   * @throws TarException if the archive is not whole and unambiguous
   */
  public Optional<TarMember> next() throws IOException {
    skipContent();
    Optional<Extension> extension = Optional.empty();
    while (readHeader()) {
      long size = header.size();
      switch (header.typeflag()) {
        case 'x' -> {
          requireFirst(extension);
          extension = Optional.of(Extension.of(readRecords(size)));
        }
        case 'L' -> {
          requireFirst(extension);
          extension = Optional.of(Extension.ofLongName(readLongName(size)));
        }
        case 'K' -> readLongName(size);
        case 'g' -> {
          requireFirst(extension);
          readGlobal(size);
        }
        default -> {
          return Optional.of(begin(size, extension.orElse(Extension.NONE)));
        }
      }
    }
    if (extension.isPresent()) {
      throw new TarException(Kind.DANGLING, "archive ends after an extended header");
    }
    return Optional.empty();
  }

  /**
   * The content of the member that {@link #next} returned last: ends where the content does, throws
   * {@link TarException} if the archive ends before. The same stream for all members; closing it
   * does nothing.
   */
  public InputStream content() {
    return content;
  }

  private TarMember begin(long headerSize, Extension extension) throws TarException {
    char typeflag = header.typeflag();
    byte[] path = extension.path().orElseGet(header::path);
    if (path.length == 0) {
      throw new TarException(Kind.NAME, "a member has no name");
    }
    long size = extension.size().orElse(headerSize);
    TarMember member = new TarMember(path, typeflag, size, extension.sparse());
    if (member.isStandard() && !member.isFile() && size > 0) {
      throw new TarException(
          Kind.CONTENT, "a member that is not a file has content", String.valueOf(typeflag));
    }
    expect(size);
    return member;
  }

  private void readGlobal(long size) throws IOException {
    long offset = position - BLOCK;
    PaxRecords records = readRecords(size);
    if (records.placesMembers()) {
      throw new TarException(
          Kind.GLOBAL, "an extended header gives one path or size to all members");
    }
    Optional<String> comment = records.comment();
    if (comment.isPresent()) {
      comments.comment(offset, comment.get());
    }
  }

  private PaxRecords readRecords(long size) throws IOException {
    return PaxRecords.parse(readExtendedHeader(size, Kind.EXTENDED_HEADER));
  }

  private byte[] readLongName(long size) throws IOException {
    return readExtendedHeader(size, Kind.LONG_NAME);
  }

  private byte[] readExtendedHeader(long size, Kind ifTooLarge) throws IOException {
    if (size > MAX_EXTENDED_HEADER) {
      throw new TarException(
          ifTooLarge,
          "an extended header has more than " + MAX_EXTENDED_HEADER + " bytes",
          Long.toString(size));
    }
    expect(size);
    byte[] bytes = content.readAllBytes();
    skipContent();
    return bytes;
  }

  private static void requireFirst(Optional<Extension> before) throws TarException {
    if (before.isPresent()) {
      throw new TarException(Kind.CONFLICT, "two extended headers name one member");
    }
  }

  private void expect(long size) throws TarException {
    if (size > limits.archive() - position) {
      throw tooLarge();
    }
    contentLeft = size;
    paddingLeft = (int) (-size & (BLOCK - 1));
  }

  /** Reads a header; false at the end of the archive, which is then read to the last byte. */
  private boolean readHeader() throws IOException {
    int n = in.readNBytes(block, 0, BLOCK);
    if (!started) {
      requireTar(n);
      started = true;
    }
    count(n);
    if (n < BLOCK) {
      throw truncated();
    }
    if (header.isZero()) {
      readEnd();
      return false;
    }
    if (!header.isGenuine()) {
      throw new TarException(Kind.CHECKSUM, "checksum of a member's header does not match");
    }
    return true;
  }

  private void requireTar(int n) throws TarException {
    if (n == 0) {
      throw new TarException(Kind.EMPTY, "there is no archive");
    }
    if (n < BLOCK || !(header.isZero() || header.isGenuine())) {
      throw new TarException(Kind.NOT_TAR, "is not a tar archive");
    }
  }

  private void readEnd() throws IOException {
    long padding = 0;
    for (int n = in.read(scratch); n >= 0; n = in.read(scratch)) {
      padding += n;
      for (int i = 0; i < n; i++) {
        if (scratch[i] != 0) {
          throw new TarException(Kind.TRAILING, "something follows the end of the archive");
        }
      }
      if (padding > limits.padding()) {
        throw new TarException(
            Kind.PADDING, "more than " + limits.padding() + " zeros follow the archive");
      }
    }
    if (padding < BLOCK || (limits.wholeBlocks() && padding % BLOCK != 0)) {
      throw truncated();
    }
  }

  private void skipContent() throws IOException {
    for (long left = contentLeft + paddingLeft; left > 0; ) {
      left -= read(scratch, 0, (int) Math.min(scratch.length, left));
    }
    contentLeft = 0;
    paddingLeft = 0;
  }

  private int read(byte[] bytes, int offset, int length) throws IOException {
    int n = in.read(bytes, offset, length);
    if (n < 0) {
      throw truncated();
    }
    count(n);
    return n;
  }

  private void count(int n) throws TarException {
    position += n;
    if (position > limits.archive()) {
      throw tooLarge();
    }
  }

  private TarException tooLarge() {
    return new TarException(
        Kind.TOO_LARGE, "archive has more than " + limits.archive() + " bytes unpacked");
  }

  private static TarException truncated() {
    return new TarException(Kind.TRUNCATED, "archive is cut short");
  }

  private final class Content extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (contentLeft == 0) {
        return -1;
      }
      int n = TarReader.this.read(bytes, offset, (int) Math.min(length, contentLeft));
      contentLeft -= n;
      return n;
    }
  }
}
