package org.qrepo.rpm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Reads a header as strictly as the strictest reader of them does, dom0's rpmcanon.
 *
 * <p>A header begins with eight fixed bytes, the number of its entries and the length of its data,
 * four bytes each, most significant first. An index follows with 16 bytes for each entry: tag,
 * type, offset into the data, count of elements; then the data. The first entry is the region: its
 * data are the last 16 bytes, an entry again, whose offset is the negative length of the index.
 * Tags ascend, data follow each other in the same order with no more between them than their
 * alignment takes, and nothing is left over.
 */
final class HeaderParser {
  static final int INTRO = 16;
  static final int ENTRY = 16;
  private static final byte[] MAGIC = HexFormat.of().parseHex("8eade80100000000");
  private static final int MOST_ENTRIES = 0xffff;
  private static final int LARGEST_TAG = 0x7fff;

  private final HeaderKind kind;
  private final ByteBuffer bytes;
  private final int count;
  private final int dataStart;
  private final int dataLength;
  private int cursor;

  private HeaderParser(HeaderKind kind, byte[] bytes, int count) {
    this.kind = kind;
    this.bytes = ByteBuffer.wrap(bytes);
    this.count = count;
    this.dataStart = INTRO + ENTRY * count;
    this.dataLength = bytes.length - dataStart;
  }

  /**
   * Reads one header from a stream.
   *
   * @param available how many bytes the stream can hold at most, so that no more is allocated
   */
  static RpmHeader read(InputStream in, HeaderKind kind, long available)
      throws IOException, MalformedRpmException {
    byte[] intro = in.readNBytes(INTRO);
    if (intro.length < INTRO) {
      throw truncated(kind);
    }
    if (!Arrays.equals(intro, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw malformed(kind, "does not begin as one");
    }
    ByteBuffer numbers = ByteBuffer.wrap(intro);
    long count = numbers.getInt(8) & 0xffffffffL;
    long length = numbers.getInt(12) & 0xffffffffL;
    if (count < 2 || count > MOST_ENTRIES || length < ENTRY) {
      throw malformed(kind, "claims " + count + " entries and " + length + " bytes of data");
    }
    long total = INTRO + ENTRY * count + length;
    if (total > kind.most()) {
      throw malformed(kind, "of " + total + " bytes is larger than " + kind.most());
    }
    if (total > available) {
      throw truncated(kind);
    }
    byte[] all = Arrays.copyOf(intro, (int) total);
    if (in.readNBytes(all, INTRO, all.length - INTRO) < all.length - INTRO) {
      throw truncated(kind);
    }
    return new HeaderParser(kind, all, (int) count).parse();
  }

  /** The eight bytes that a header begins with. */
  static byte[] magic() {
    return MAGIC.clone();
  }

  private RpmHeader parse() throws MalformedRpmException {
    checkRegion();
    List<HeaderEntry> entries = new ArrayList<>(count - 1);
    int last = kind == HeaderKind.MAIN ? RpmTag.I18N_TABLE - 1 : kind.region();
    for (int i = 1; i < count; i++) {
      HeaderEntry entry = entry(INTRO + ENTRY * i, last);
      entries.add(entry);
      last = entry.tag();
    }
    if (cursor != dataLength - ENTRY) {
      throw malformed(kind, "has bytes that belong to no entry");
    }
    return new RpmHeader(bytes.array(), dataStart, entries);
  }

  private void checkRegion() throws MalformedRpmException {
    int trailer = dataStart + dataLength - ENTRY;
    boolean framed =
        isRegion(INTRO)
            && bytes.getInt(INTRO + 8) == dataLength - ENTRY
            && isRegion(trailer)
            && bytes.getInt(trailer + 8) == -ENTRY * count;
    if (!framed) {
      throw malformed(kind, "has no region, or one that does not frame all of it");
    }
  }

  private boolean isRegion(int at) {
    return bytes.getInt(at) == kind.region()
        && bytes.getInt(at + 4) == EntryType.BIN.number()
        && bytes.getInt(at + 12) == ENTRY;
  }

  private HeaderEntry entry(int at, int last) throws MalformedRpmException {
    int tag = bytes.getInt(at);
    if (tag <= last || tag > LARGEST_TAG || misplaced(tag)) {
      throw malformed(kind, "has tag " + tag + " after tag " + last);
    }
    EntryType type = EntryType.of(bytes.getInt(at + 4));
    int offset = bytes.getInt(at + 8);
    int elements = bytes.getInt(at + 12);
    checkPlace(tag, type, offset);
    if (elements <= 0 || elements > dataLength - ENTRY - offset) {
      throw malformed(kind, "has " + elements + " elements in tag " + tag);
    }
    long length = type.text() ? textLength(offset, elements) : (long) elements * type.width();
    if (length < 0 || length > dataLength - ENTRY - offset) {
      throw malformed(kind, "has tag " + tag + " running over its end");
    }
    HeaderEntry entry = new HeaderEntry(tag, type, elements, offset, (int) length);
    checkText(entry);
    cursor = offset + (int) length;
    return entry;
  }

  /** Main headers have a table of languages and then tags from 1000 on. */
  private boolean misplaced(int tag) {
    return kind == HeaderKind.MAIN && tag != RpmTag.I18N_TABLE && tag < RpmTag.NAME;
  }

  private void checkPlace(int tag, EntryType type, int offset) throws MalformedRpmException {
    boolean fits =
        offset >= cursor
            && offset <= dataLength - ENTRY
            && offset % type.alignment() == 0
            && offset - cursor < type.alignment();
    if (!fits) {
      throw malformed(kind, "has tag " + tag + " in a place where it does not belong");
    }
    for (int i = cursor; i < offset; i++) {
      if (bytes.get(dataStart + i) != 0) {
        throw malformed(kind, "has padding that is not zero");
      }
    }
  }

  /** Up to and with the zero byte of the last element; -1 if there are fewer. */
  private int textLength(int offset, int elements) {
    int left = elements;
    for (int i = offset; i < dataLength - ENTRY; i++) {
      if (bytes.get(dataStart + i) == 0 && --left == 0) {
        return i + 1 - offset;
      }
    }
    return -1;
  }

  private void checkText(HeaderEntry entry) throws MalformedRpmException {
    if (!entry.type().text()) {
      return;
    }
    if (entry.type() == EntryType.STRING && entry.count() != 1) {
      throw malformed(kind, "has several elements in tag " + entry.tag() + ", a single text");
    }
    boolean good = kind == HeaderKind.MAIN ? isUtf8(entry) : isPrintable(entry);
    if (!good) {
      throw malformed(kind, "has text in tag " + entry.tag() + " with characters not allowed");
    }
  }

  private boolean isPrintable(HeaderEntry entry) {
    for (int i = 0; i < entry.length(); i++) {
      int b = bytes.get(dataStart + entry.offset() + i) & 0xff;
      if (b != 0 && (b < ' ' || b > '~')) {
        return false;
      }
    }
    return true;
  }

  /** Decoded piece by piece: a text may be as large as the header. */
  private boolean isUtf8(HeaderEntry entry) {
    var decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer text = bytes.slice(dataStart + entry.offset(), entry.length());
    CharBuffer out = CharBuffer.allocate(Math.min(entry.length() + 1, 1 << 12));
    try {
      while (true) {
        var result = decoder.decode(text, out, true);
        if (result.isUnderflow()) {
          return true;
        }
        if (result.isError()) {
          result.throwException();
        }
        out.clear();
      }
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  static MalformedRpmException malformed(HeaderKind kind, String what) {
    return new MalformedRpmException(
        kind == HeaderKind.MAIN ? "rpm-header" : "rpm-signature-header",
        "the package's " + kind.title() + " " + what,
        "The file is damaged, or was not made by rpmbuild: dom0's rpmcanon refuses it. Fetch or build it again.");
  }

  private static MalformedRpmException truncated(HeaderKind kind) {
    return new MalformedRpmException(
        "rpm-truncated",
        "the package ends in its " + kind.title(),
        "Fetch or build it again. rpmcanon will say: Package is corrupt - network problem?");
  }
}
