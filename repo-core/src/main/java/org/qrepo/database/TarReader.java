package org.qrepo.database;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a tar archive (old Unix, ustar, pax, GNU) as strictly as something that will be signed
 * again deserves: every header checksum counts, the end marker must be there, and after it come
 * zeros only, to the last byte. Headers that could make two readers see two archives are refused.
 *
 * <p>It is not a library's reader because those take a lost end marker, a wrong checksum or bytes
 * after the end without a word.
 */
final class TarReader {
  /** The longest extended header, in bytes. */
  private static final int MAX_EXTENDED = 1 << 20;

  private final InputStream in;
  private final Subject subject;
  private final int maxPath;
  private long contentLeft;
  private int padding;
  private boolean begun;
  private Optional<String> comment = Optional.empty();

  /**
   * A reader at the start of an archive.
   *
   * @param in the archive, decompressed; read failures of its own pass through
   */
  TarReader(InputStream in, Subject subject, int maxPath) {
    this.in = in;
    this.subject = subject;
    this.maxPath = maxPath;
  }

  /** The comment of a global header at the very start; known after the first {@link #next}. */
  Optional<String> comment() {
    return comment;
  }

  /**
   * The next member. What was not read of the one before is skipped. After the last one the archive
   * has been read to its last byte.
   */
  Optional<TarMember> next() throws IOException {
    skipContent();
    Extended extended = new Extended();
    while (true) {
      TarHeader header = readHeader();
      if (header.isEnd()) {
        readEnd(extended);
        return Optional.empty();
      }
      long size = header.size().orElseThrow(() -> damaged("a member's size is no number"));
      boolean first = !begun;
      begun = true;
      switch (header.type()) {
        case 'g' -> readGlobal(size, first);
        case 'x' -> readLocal(size, extended);
        case 'L' -> extended.rename(readLongName(size));
        case 'K' -> readLongName(size);
        default -> {
          return Optional.of(member(header, extended, size));
        }
      }
    }
  }

  /** The content of the member that {@link #next} returned; ends where the content does. */
  InputStream content() {
    return new Content();
  }

  private TarMember member(TarHeader header, Extended extended, long headerSize)
      throws IOException {
    long size = extended.size.orElse(headerSize);
    String path = decode(extended.path.orElseGet(header::path));
    if (path.isEmpty() || path.indexOf('\0') >= 0) {
      throw damaged("a member has no readable name");
    }
    boolean slash = path.endsWith("/");
    TarMember.Type type =
        switch (header.type()) {
          case '0', '\0', '7' -> slash && size == 0 ? TarMember.Type.DIRECTORY : fileType(slash);
          case '5' -> TarMember.Type.DIRECTORY;
          default -> TarMember.Type.OTHER;
        };
    if (type == TarMember.Type.DIRECTORY && size > 0) {
      throw damaged("a directory has content, which readers disagree about");
    }
    begin(size);
    return new TarMember(
        type == TarMember.Type.DIRECTORY && !slash ? path + "/" : path, size, type);
  }

  private static TarMember.Type fileType(boolean slash) {
    return slash ? TarMember.Type.OTHER : TarMember.Type.FILE;
  }

  private void readGlobal(long size, boolean first) throws IOException {
    Map<String, String> records = readRecords(size);
    if (records.containsKey("path") || records.containsKey("size")) {
      throw damaged(
          "a global header renames or resizes every member, which readers disagree about");
    }
    Optional<String> text = Optional.ofNullable(records.get("comment"));
    if (first) {
      comment = text;
    } else if (text.filter(t -> t.startsWith("qrepo/")).isPresent()) {
      throw subject.refuse(
          "lineage-misplaced",
          "holds a lineage that does not stand at its very start",
          "qrepo writes one lineage, before everything else: this file was put together by someone");
    }
  }

  private void readLocal(long size, Extended extended) throws IOException {
    Map<String, String> records = readRecords(size);
    if (records.keySet().stream().anyMatch(k -> k.startsWith("GNU.sparse."))) {
      throw damaged("it holds a sparse member");
    }
    Optional.ofNullable(records.get("path")).ifPresent(extended::rename);
    if (records.containsKey("size")) {
      String digits = records.get("size");
      if (!digits.matches("[0-9]{1,18}")) {
        throw damaged("a member's size is no number");
      }
      extended.size = Optional.of(Long.parseLong(digits));
    }
  }

  private Map<String, String> readRecords(long size) throws IOException {
    return PaxRecords.parse(readSmall(size, MAX_EXTENDED))
        .orElseThrow(() -> damaged("an extended header is malformed"));
  }

  private String readLongName(long size) throws IOException {
    if (size > maxPath + 1L) {
      throw pathTooLong();
    }
    String name = new String(readSmall(size, maxPath + 1), ISO_8859_1);
    return name.endsWith("\0") ? name.substring(0, name.length() - 1) : name;
  }

  private byte[] readSmall(long size, int limit) throws IOException {
    if (size > limit) {
      throw damaged("an extended header of " + size + " bytes is absurd");
    }
    begin(size);
    byte[] bytes = content().readAllBytes();
    skipContent();
    return bytes;
  }

  private void begin(long size) {
    contentLeft = size;
    padding = (int) (-size & (TarHeader.BLOCK - 1));
  }

  private String decode(String bytes) {
    if (bytes.length() > maxPath) {
      throw pathTooLong();
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.getBytes(ISO_8859_1)))
          .toString();
    } catch (CharacterCodingException e) {
      throw damaged("a member's name is not UTF-8: " + Subject.quote(bytes));
    }
  }

  private TarHeader readHeader() throws IOException {
    byte[] block = new byte[TarHeader.BLOCK];
    int n = in.readNBytes(block, 0, block.length);
    TarHeader header = new TarHeader(block);
    if (n == block.length && (header.isEnd() || header.isGenuine())) {
      return header;
    }
    if (!begun) {
      throw Impostor.refuse(subject, block, n);
    }
    throw n < block.length ? truncated() : damaged("a member's header is garbled");
  }

  private void readEnd(Extended extended) throws IOException {
    if (extended.path.isPresent() || extended.size.isPresent()) {
      throw truncated();
    }
    byte[] block = new byte[TarHeader.BLOCK];
    if (in.readNBytes(block, 0, block.length) < block.length) {
      throw truncated();
    }
    byte[] rest = block;
    int n = block.length;
    while (n > 0) {
      for (int i = 0; i < n; i++) {
        if (rest[i] != 0) {
          throw damaged("something follows the end of the archive");
        }
      }
      rest = rest.length == TarHeader.RECORD ? rest : new byte[TarHeader.RECORD];
      n = in.readNBytes(rest, 0, rest.length);
    }
  }

  private void skipContent() throws IOException {
    byte[] buffer = new byte[1 << 13];
    long left = contentLeft + padding;
    while (left > 0) {
      int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        throw truncated();
      }
      left -= n;
    }
    contentLeft = 0;
    padding = 0;
  }

  private RuntimeException truncated() {
    return subject.refuse(
        "database-truncated",
        "the archive ends early",
        "clients would see only part of the repository",
        "fetch it again, or restore the last good generation");
  }

  private RuntimeException damaged(String reason) {
    return subject.refuse(
        "database-damaged",
        "the archive is damaged: " + reason,
        "fetch it again, or restore the last good generation");
  }

  private RuntimeException pathTooLong() {
    return subject.refuse(
        "database-path-length",
        "a member's name is longer than " + maxPath + " bytes",
        "clients read names of packages and versions up to 255 bytes in all");
  }

  /** What extended headers say about the member that follows them. */
  private final class Extended {
    private Optional<String> path = Optional.empty();
    private Optional<Long> size = Optional.empty();

    void rename(String name) {
      if (path.isPresent()) {
        throw damaged("a member has two names, and readers disagree which");
      }
      path = Optional.of(name);
    }
  }

  private final class Content extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (contentLeft == 0) {
        return -1;
      }
      int n = in.read(buffer, offset, (int) Math.min(length, contentLeft));
      if (n < 0) {
        throw truncated();
      }
      contentLeft -= n;
      return n;
    }
  }
}
