package org.qrepo.alpm;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The records of a pax extended header that say where a member lies and how long it is; all others
 * (times, owners, attributes) are passed over. Source of the format: POSIX pax, "pax Header Block",
 * and for sparse files the GNU tar manual.
 */
final class PaxRecords {
  private static final String PATH = "path";
  private static final String SIZE = "size";
  private static final String LINK = "linkpath";
  private static final String CHARSET = "hdrcharset";
  private static final String SPARSE = "GNU.sparse.";
  private static final String SPARSE_NAME = SPARSE + "name";

  private static final byte[] BINARY = "BINARY".getBytes(StandardCharsets.US_ASCII);
  private static final Set<String> WANTED = Set.of(PATH, SIZE, LINK, CHARSET, SPARSE_NAME);

  private final Map<String, byte[]> values = new HashMap<>();
  private boolean sparse;

  private PaxRecords() {}

  static PaxRecords parse(byte[] bytes) throws ArchiveException {
    PaxRecords records = new PaxRecords();
    int position = 0;
    while (position < bytes.length) {
      position = records.parseRecord(bytes, position);
    }
    return records;
  }

  /** One record: its length in decimal with everything, a space, key, {@code =}, value, newline. */
  private int parseRecord(byte[] bytes, int start) throws ArchiveException {
    int position = start;
    int length = 0;
    while (position < bytes.length && bytes[position] >= '0' && bytes[position] <= '9') {
      length = Math.min(length * 10 + (bytes[position] - '0'), bytes.length + 1);
      position++;
    }
    int end = start + length;
    boolean framed =
        position > start
            && position < bytes.length
            && bytes[position] == ' '
            && end > position + 1
            && end <= bytes.length
            && bytes[end - 1] == '\n';
    int equals = framed ? indexOf(bytes, (byte) '=', position + 1, end) : -1;
    if (equals < 0) {
      throw damaged("an extended header has a malformed record");
    }
    put(
        new String(bytes, position + 1, equals - position - 1, StandardCharsets.UTF_8),
        Arrays.copyOfRange(bytes, equals + 1, end - 1));
    return end;
  }

  private void put(String key, byte[] value) throws ArchiveException {
    sparse |= key.startsWith(SPARSE);
    if (!WANTED.contains(key)) {
      return;
    }
    if (values.put(key, value) != null) {
      throw damaged("an extended header has two records '" + key + "'");
    }
    if (value.length == 0 || indexOf(value, (byte) 0, 0, value.length) >= 0) {
      throw damaged("an extended header has an empty '" + key + "' or one with a zero byte");
    }
  }

  /**
   * The path of the member; that of a sparse file goes before the one that hides it. Unless the
   * header says that names are raw bytes they are UTF-8, and libarchive composes what is decomposed
   * in them: clients unpack and list the file under the composed name.
   *
   * @throws ArchiveException if it should be UTF-8 and is not: clients refuse such a package
   */
  Optional<byte[]> path() throws ArchiveException {
    byte[] path = values.getOrDefault(SPARSE_NAME, values.get(PATH));
    if (path == null || Arrays.equals(values.get(CHARSET), BINARY)) {
      return Optional.ofNullable(path);
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(path)).toString();
      return Optional.of(Composer.compose(text).getBytes(StandardCharsets.UTF_8));
    } catch (CharacterCodingException e) {
      throw damaged("a path that should be UTF-8 is not");
    }
  }

  /** Length of the member's content in the archive. */
  OptionalLong size() throws ArchiveException {
    byte[] digits = values.get(SIZE);
    if (digits == null) {
      return OptionalLong.empty();
    }
    try {
      String text = new String(digits, StandardCharsets.ISO_8859_1);
      if (text.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return OptionalLong.of(Long.parseLong(text));
      }
    } catch (NumberFormatException e) {
      // More digits than any size has: refused below, like what is no number at all.
    }
    throw damaged("an extended header has a size that is not a number");
  }

  /** Whether the content is a map of a sparse file and its pieces. */
  boolean isSparse() {
    return sparse;
  }

  /** Whether they would change where members lie: then they must not stand for a whole archive. */
  boolean describesMember() {
    return sparse || !values.isEmpty();
  }

  private static int indexOf(byte[] bytes, byte wanted, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private static ArchiveException damaged(String reason) {
    return new ArchiveException(TarReader.DAMAGED, reason);
  }
}
