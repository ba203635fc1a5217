package org.qrepo.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.qrepo.tar.TarException.Kind;

/**
 * The records of a pax extended header: {@code LENGTH KEY=VALUE\n} one after the other, where the
 * decimal length counts the whole record with its own digits. Kept are those that say where a
 * member lies and how long it is, and the comment; all others (times, owners, attributes) are
 * passed over. Source: POSIX.1-2017 pax, "pax Extended Header"; for sparse files the GNU tar
 * manual.
 */
final class PaxRecords {
  private static final String PATH = "path";
  private static final String SIZE = "size";
  private static final String LINK = "linkpath";
  private static final String CHARSET = "hdrcharset";
  private static final String COMMENT = "comment";
  private static final String SPARSE = "GNU.sparse.";
  private static final String SPARSE_NAME = SPARSE + "name";

  private static final byte[] BINARY = "BINARY".getBytes(US_ASCII);

  /** What would move or resize a member. */
  private static final Set<String> PLACING = Set.of(PATH, SIZE, LINK, CHARSET, SPARSE_NAME);

  private final Map<String, byte[]> values = new HashMap<>();
  private boolean sparse;

  private PaxRecords() {}

  static PaxRecords parse(byte[] bytes) throws TarException {
    PaxRecords records = new PaxRecords();
    int position = 0;
    while (position < bytes.length) {
      position = records.parseRecord(bytes, position);
    }
    return records;
  }

  private int parseRecord(byte[] bytes, int start) throws TarException {
    int position = start;
    int length = 0;
    while (position < bytes.length && bytes[position] >= '0' && bytes[position] <= '9') {
      length = Math.min(length * 10 + (bytes[position] - '0'), bytes.length + 1);
      position++;
    }
    int end = start + length;
    boolean framed =
        position > start
            && bytes[start] != '0'
            && position < bytes.length
            && bytes[position] == ' '
            && end > position + 1
            && end <= bytes.length
            && bytes[end - 1] == '\n';
    int equals = framed ? indexOf(bytes, (byte) '=', position + 1, end) : -1;
    if (equals < 0) {
      throw new TarException(Kind.RECORDS, "an extended header has a malformed record");
    }
    put(
        new String(bytes, position + 1, equals - position - 1, ISO_8859_1),
        Arrays.copyOfRange(bytes, equals + 1, end - 1));
    return end;
  }

  private void put(String key, byte[] value) throws TarException {
    sparse |= key.startsWith(SPARSE);
    boolean placing = PLACING.contains(key);
    if (!placing && !key.equals(COMMENT)) {
      return;
    }
    if (values.put(key, value) != null) {
      throw new TarException(Kind.RECORDS, "an extended header has two records '" + key + "'");
    }
    if (placing && (value.length == 0 || indexOf(value, (byte) 0, 0, value.length) >= 0)) {
      throw new TarException(
          kindOf(key), "an extended header has an empty '" + key + "' or one with a zero byte");
    }
  }

  private static Kind kindOf(String key) {
    return switch (key) {
      case PATH -> Kind.NAME;
      case SIZE -> Kind.NUMBER;
      default -> Kind.RECORDS;
    };
  }

  /**
   * The path of the member; that of a sparse file goes before the one that hides it. Unless the
   * header says that names are raw bytes they are UTF-8, and libarchive, the reader of all clients,
   * composes what is decomposed in them: clients unpack and list the file under the composed name.
   *
   * @throws TarException if it should be UTF-8 and is not: libarchive refuses such an archive
   */
  Optional<byte[]> path() throws TarException {
    byte[] path = values.getOrDefault(SPARSE_NAME, values.get(PATH));
    if (path == null || Arrays.equals(values.get(CHARSET), BINARY)) {
      return Optional.ofNullable(path);
    }
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(path)).toString();
      return Optional.of(Composer.compose(text).getBytes(UTF_8));
    } catch (CharacterCodingException e) {
      throw new TarException(
          Kind.ENCODING, "a path that should be UTF-8 is not", new String(path, ISO_8859_1));
    }
  }

  /** Length of the member's content in the archive. */
  OptionalLong size() throws TarException {
    byte[] digits = values.get(SIZE);
    if (digits == null) {
      return OptionalLong.empty();
    }
    try {
      String text = new String(digits, ISO_8859_1);
      if (text.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return OptionalLong.of(Long.parseLong(text));
      }
    } catch (NumberFormatException e) {
      // More digits than any size has: refused below, like what is no number at all.
    }
    throw new TarException(Kind.NUMBER, "an extended header has a size that is not a number");
  }

  /** What is not UTF-8 in it becomes U+FFFD. */
  Optional<String> comment() {
    return Optional.ofNullable(values.get(COMMENT)).map(text -> new String(text, UTF_8));
  }

  /** Whether the content is a map of a sparse file and its pieces. */
  boolean isSparse() {
    return sparse;
  }

  /** Whether they would change where members lie: then they must not stand for a whole archive. */
  boolean placesMembers() {
    return sparse || values.keySet().stream().anyMatch(PLACING::contains);
  }

  private static int indexOf(byte[] bytes, byte wanted, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  /** One record. */
  static byte[] format(String key, String value) {
    byte[] rest = (" " + key + "=" + value + "\n").getBytes(UTF_8);
    int length = rest.length + 1;
    while (rest.length + Integer.toString(length).length() != length) {
      length = rest.length + Integer.toString(length).length();
    }
    return (length + new String(rest, UTF_8)).getBytes(UTF_8);
  }
}
