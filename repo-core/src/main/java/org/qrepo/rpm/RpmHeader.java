package org.qrepo.rpm;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A header as it stands in its file, well-formed throughout; see {@link HeaderParser}. */
public final class RpmHeader {
  private final byte[] bytes;
  private final int dataStart;
  private final List<HeaderEntry> entries;

  RpmHeader(byte[] bytes, int dataStart, List<HeaderEntry> entries) {
    this.bytes = bytes;
    this.dataStart = dataStart;
    this.entries = List.copyOf(entries);
  }

  /** Its length in the file, without the padding that follows a signature header. */
  public int size() {
    return bytes.length;
  }

  /** All of it, from its first eight fixed bytes on: what a header signature is made over. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The same without a copy, for those who only read. */
  byte[] raw() {
    return bytes;
  }

  List<HeaderEntry> entries() {
    return entries;
  }

  public boolean has(int tag) {
    return find(tag).isPresent();
  }

  Optional<HeaderEntry> find(int tag) {
    return entries.stream().filter(e -> e.tag() == tag).findFirst();
  }

  /** The raw bytes of an entry; for text, with the zero bytes. */
  public Optional<byte[]> data(int tag) {
    return find(tag).map(this::data);
  }

  byte[] data(HeaderEntry entry) {
    int start = dataStart + entry.offset();
    return Arrays.copyOfRange(bytes, start, start + entry.length());
  }

  /** A text, or the first of several, that is the one in no language. */
  public Optional<String> text(int tag) {
    return find(tag).filter(e -> e.type().text()).map(this::firstText);
  }

  private String firstText(HeaderEntry entry) {
    int start = dataStart + entry.offset();
    int end = start;
    while (bytes[end] != 0) {
      end++;
    }
    return new String(bytes, start, end - start, StandardCharsets.UTF_8);
  }

  /** How many elements an entry has; 0 if there is none. */
  public int count(int tag) {
    return find(tag).map(HeaderEntry::count).orElse(0);
  }

  /** All texts of an entry; its count is for the caller to bound before. */
  public List<String> texts(int tag) {
    List<String> texts = new ArrayList<>();
    find(tag).filter(e -> e.type().text()).ifPresent(e -> collect(e, texts));
    return texts;
  }

  private void collect(HeaderEntry entry, List<String> into) {
    int start = dataStart + entry.offset();
    int end = start + entry.length();
    for (int i = start; i < end; i++) {
      if (bytes[i] == 0) {
        into.add(new String(bytes, start, i - start, StandardCharsets.UTF_8));
        start = i + 1;
      }
    }
  }

  /** The first number of an entry, without a sign. */
  public OptionalLong number(int tag) {
    return count(tag) == 0 ? OptionalLong.empty() : number(tag, 0);
  }

  /**
   * A number of an entry, without a sign; empty if there are not so many or they are no numbers.
   */
  public OptionalLong number(int tag, int index) {
    Optional<HeaderEntry> found = find(tag).filter(e -> index < e.count());
    if (found.isEmpty()) {
      return OptionalLong.empty();
    }
    HeaderEntry entry = found.get();
    int at = dataStart + entry.offset() + index * entry.type().width();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return switch (entry.type()) {
      case INT8 -> OptionalLong.of(buffer.get(at) & 0xffL);
      case INT16 -> OptionalLong.of(buffer.getShort(at) & 0xffffL);
      case INT32 -> OptionalLong.of(buffer.getInt(at) & 0xffffffffL);
      case INT64 -> OptionalLong.of(buffer.getLong(at));
      case CHAR, BIN, STRING, STRING_ARRAY, I18N_STRING -> OptionalLong.empty();
    };
  }
}
