package org.qrepo.sign.git;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The lines at the top of a commit or tag, up to the first empty one: {@code key SP value}, where a
 * value goes on in lines that begin with a blank. Read more strictly than git does, which passes
 * over what it does not expect: what two programs could read differently is refused.
 */
final class ObjectHeaders {
  private static final Set<String> SIGNATURES =
      Set.of(ObjectFormat.SHA1.signatureHeader(), ObjectFormat.SHA256.signatureHeader());

  /**
   * One of them.
   *
   * @param text its value, a character for each byte, without the last line feed and without the
   *     blanks that go before further lines
   * @param start where it begins in the object
   * @param end behind its last line feed
   */
  record Header(String key, String text, int start, int end) {
    byte[] bytes() {
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    boolean isSignature() {
      return SIGNATURES.contains(key);
    }
  }

  private final byte[] object;
  private final List<Header> headers = new ArrayList<>();
  private int position;

  private ObjectHeaders(byte[] object) {
    this.object = object;
  }

  static ObjectHeaders parse(byte[] object) throws ObjectException {
    ObjectHeaders parsed = new ObjectHeaders(object);
    parsed.read();
    return parsed;
  }

  private void read() throws ObjectException {
    while (position < object.length && object[position] != '\n') {
      headers.add(next());
    }
  }

  private Header next() throws ObjectException {
    int start = position;
    byte[] line = line();
    int blank = indexOf(line, (byte) ' ');
    if (blank <= 0) {
      throw new ObjectException("a header is not of the form: name value");
    }
    String key = new String(line, 0, blank, StandardCharsets.US_ASCII);
    if (!key.matches("[a-z0-9-]+") || (key.startsWith("gpgsig") && !SIGNATURES.contains(key))) {
      throw new ObjectException("there is a header of another kind than git makes");
    }
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    value.write(line, blank + 1, line.length - blank - 1);
    while (position < object.length && object[position] == ' ') {
      byte[] more = line();
      value.write('\n');
      value.write(more, 1, more.length - 1);
    }
    return new Header(key, value.toString(StandardCharsets.ISO_8859_1), start, position);
  }

  /** Without its line feed, which must be there. */
  private byte[] line() throws ObjectException {
    int end = position;
    while (end < object.length && object[end] != '\n') {
      if (object[end] == 0) {
        throw new ObjectException("there is a zero byte among the headers");
      }
      end++;
    }
    if (end == object.length) {
      throw new ObjectException("the headers break off");
    }
    byte[] line = Arrays.copyOfRange(object, position, end);
    position = end + 1;
    return line;
  }

  private static int indexOf(byte[] line, byte wanted) {
    for (int i = 0; i < line.length; i++) {
      if (line[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  List<Header> all() {
    return List.copyOf(headers);
  }

  List<Header> named(String key) {
    return headers.stream().filter(h -> h.key().equals(key)).toList();
  }

  /** The one that stands at this place. */
  Header at(int index, String key) throws ObjectException {
    if (index >= headers.size() || !headers.get(index).key().equals(key)) {
      throw new ObjectException("the header '" + key + "' is not where it must be");
    }
    if (named(key).size() > 1) {
      throw new ObjectException("the header '" + key + "' is there more than once");
    }
    return headers.get(index);
  }

  static ObjectId id(Header header) throws ObjectException {
    return ObjectId.parse(header.text())
        .orElseThrow(
            () ->
                new ObjectException("the header '" + header.key() + "' holds no id of an object"));
  }

  /** The bytes up to {@code end}, without signatures among the headers. */
  byte[] withoutSignatures(int end) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int from = 0;
    for (Header header : headers) {
      if (header.isSignature()) {
        out.write(object, from, header.start() - from);
        from = header.end();
      }
    }
    out.write(object, from, end - from);
    return out.toByteArray();
  }
}
