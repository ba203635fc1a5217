package org.qrepo.sign.rpm;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rules by which dom0's rpmcanon takes or refuses a package, written from their description and
 * apart from the code that they judge: it reads the bytes itself. What the signatures sign is for
 * rpmkeys to judge.
 */
public final class Rpmcanon {
  private static final Map<Integer, Integer> SIGNATURE_TYPES =
      Map.ofEntries(
          Map.entry(267, 7),
          Map.entry(268, 7),
          Map.entry(269, 6),
          Map.entry(270, 5),
          Map.entry(271, 5),
          Map.entry(273, 6),
          Map.entry(1000, 4),
          Map.entry(1002, 7),
          Map.entry(1004, 7),
          Map.entry(1005, 7),
          Map.entry(1007, 4),
          Map.entry(1008, 7));
  private static final Map<Integer, Integer> SIGNATURE_LENGTHS =
      Map.of(269, 41, 270, 8, 271, 8, 273, 65, 1000, 4, 1004, 16, 1007, 4);
  private static final int[] ALIGNMENT = {0, 1, 1, 2, 4, 8, 1, 1, 1, 1};

  private final ByteBuffer bytes;
  private int position = 96;

  private Rpmcanon(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  /** A rule that was broken. */
  public static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refusal(String reason) {
      super(reason);
    }
  }

  /** An entry: type, count and data. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Entry(int type, int count, byte[] data) {}

  /**
   * Judges a package.
   *
   * @throws Refusal with the rule that is broken
   */
  public static void check(byte[] rpm) {
    new Rpmcanon(rpm).check();
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation is not among our dependencies
  private static void need(boolean condition, String rule, Object... arguments) {
    if (!condition) {
      throw new Refusal(rule.formatted(arguments));
    }
  }

  private void check() {
    lead();
    Map<Integer, Entry> signatures = header(62, true);
    int length = position - 96;
    while (position % 8 != 0) {
      need(bytes.get(position++) == 0, "nonzero padding after signature header of %d", length);
    }
    int start = position;
    Map<Integer, Entry> main = header(63, false);
    byte[] header = Arrays.copyOfRange(bytes.array(), start, position);
    byte[] payload = Arrays.copyOfRange(bytes.array(), position, bytes.capacity());
    signatures(signatures);
    digests(signatures, main, header, payload);
  }

  private void lead() {
    need(bytes.capacity() >= 96 && bytes.getInt(0) == 0xedabeedb, "not an RPM package");
    need(bytes.get(4) == 3 && bytes.get(5) == 0, "unsupported RPM package version");
    need(bytes.getShort(6) == 0 || bytes.getShort(6) == 1, "unknown package type");
    boolean ended = false;
    for (int i = 10; i < 76; i++) {
      char c = (char) (bytes.get(i) & 0xff);
      ended |= c == 0;
      need(ended ? c == 0 : String.valueOf(c).matches("[A-Za-z0-9._+~^:-]"), "bad package name");
    }
    need(ended, "package name without end");
    need(bytes.getShort(78) == 5, "unsupported signature type");
    for (int i = 80; i < 96; i++) {
      need(bytes.get(i) == 0, "reserved bytes not zero");
    }
  }

  private Map<Integer, Entry> header(int region, boolean signature) {
    int start = position;
    need(bytes.getInt(start) == 0x8eade801 && bytes.getInt(start + 4) == 0, "wrong header magic");
    int count = bytes.getInt(start + 8);
    int length = bytes.getInt(start + 12);
    need(count >= 2 && count <= 0xffff && length >= 16 && length < 256 << 20, "header lengths");
    int data = start + 16 + 16 * count;
    int end = data + length - 16;
    need(end + 16 <= bytes.capacity(), "header too long");
    region(start + 16, region, length - 16);
    region(end, region, -16 * count);
    Map<Integer, Entry> entries = new TreeMap<>();
    int cursor = data;
    int last = 99;
    for (int i = 1; i < count; i++) {
      int at = start + 16 + 16 * i;
      int tag = bytes.getInt(at);
      int type = bytes.getInt(at + 4);
      int offset = data + bytes.getInt(at + 8);
      int elements = bytes.getInt(at + 12);
      need(tag > last, "entries not sorted: %d after %d", tag, last);
      need(type >= 1 && type <= 9, "type %d of tag %d", type, tag);
      need(elements > 0 && elements < length, "count of tag %d", tag);
      need((offset - data) % ALIGNMENT[type] == 0, "tag %d not aligned", tag);
      need(offset >= cursor && offset - cursor < ALIGNMENT[type], "padding before tag %d", tag);
      for (int p = cursor; p < offset; p++) {
        need(bytes.get(p) == 0, "padding not zero before tag %d", tag);
      }
      cursor = offset + length(type, elements, offset, end);
      need(cursor <= end, "tag %d too long", tag);
      byte[] value = Arrays.copyOfRange(bytes.array(), offset, cursor);
      text(type, elements, value, signature);
      entries.put(tag, new Entry(type, elements, value));
      last = tag;
    }
    need(cursor == end, "trailing junk of %d bytes", end - cursor);
    position = end + 16;
    return entries;
  }

  private void region(int at, int tag, int offset) {
    need(
        bytes.getInt(at) == tag
            && bytes.getInt(at + 4) == 7
            && bytes.getInt(at + 8) == offset
            && bytes.getInt(at + 12) == 16,
        "bad region %d at %d",
        tag,
        at);
  }

  private int length(int type, int elements, int offset, int end) {
    if (type < 6 || type == 7) {
      return elements * ALIGNMENT[type];
    }
    int at = offset;
    for (int left = elements; left > 0; left--) {
      while (at < end && bytes.get(at) != 0) {
        at++;
      }
      at++;
    }
    return at - offset;
  }

  private static void text(int type, int elements, byte[] value, boolean signature) {
    if (type != 6 && type != 8 && type != 9) {
      return;
    }
    need(type != 6 || elements == 1, "string with count");
    if (signature) {
      for (byte b : value) {
        need(b == 0 || (b >= ' ' && b <= '~'), "not printable ASCII");
      }
      return;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value));
    } catch (CharacterCodingException e) {
      throw new Refusal("not UTF-8");
    }
  }

  private static void signatures(Map<Integer, Entry> entries) {
    entries.forEach(
        (tag, entry) -> {
          Integer type = SIGNATURE_TYPES.get(tag);
          need(type == null || type == entry.type(), "type of signature tag %d", tag);
          Integer length = SIGNATURE_LENGTHS.get(tag);
          need(length == null || length == entry.data().length, "length of tag %d", tag);
        });
    for (byte b : entries.getOrDefault(1008, new Entry(7, 1, new byte[1])).data()) {
      need(b == 0, "padding not zeroed");
    }
    need(!(entries.containsKey(267) && entries.containsKey(268)), "two header signatures");
    need(!(entries.containsKey(1002) && entries.containsKey(1005)), "two content signatures");
    need(entries.containsKey(267) || entries.containsKey(268), "header not signed");
    for (int tag : new int[] {267, 268, 1002, 1005}) {
      if (entries.containsKey(tag)) {
        openpgp(ByteBuffer.wrap(entries.get(tag).data()), tag == 268 || tag == 1002);
      }
    }
  }

  private static void openpgp(ByteBuffer in, boolean rsa) {
    ByteBuffer body = packet(in);
    need(body.get() == 4, "signature version");
    need(body.get() == 0, "signature type");
    int algorithm = body.get();
    need(Set.of(1, 3, 17, 22).contains(algorithm), "public-key algorithm %d", algorithm);
    need(rsa == (algorithm < 17), "algorithm %d under the tag of another", algorithm);
    need(Set.of(8, 9, 10).contains((int) body.get()), "hash algorithm");
    byte[] fingerprint = new byte[0];
    byte[] issuer = new byte[0];
    boolean created = false;
    ByteBuffer hashed = next(body, body.getShort() & 0xffff);
    while (hashed.hasRemaining()) {
      int length = hashed.get() & 0xff;
      need(length < 192, "long subpacket");
      ByteBuffer one = next(hashed, length);
      int type = one.get() & 0x7f;
      switch (type) {
        case 2 -> {
          need(!created && one.remaining() == 4, "creation time");
          created = (one.getInt() & 0xffffffffL) <= Instant.now().getEpochSecond();
          need(created, "signature not valid yet");
        }
        case 16 -> issuer = rest(one, 8);
        case 28 -> need(one.hasRemaining(), "signer's user id");
        case 33 -> {
          need(one.get() == 4, "fingerprint version");
          fingerprint = rest(one, 20);
        }
        default -> throw new Refusal("subpacket " + type);
      }
    }
    need(created, "no creation time");
    int unhashed = body.getShort();
    if (issuer.length == 0) {
      need(unhashed == 10 && body.getShort() == 0x0910, "unhashed area is not the key id alone");
      issuer = rest(next(body, 8), 8);
    } else {
      need(unhashed == 0, "unhashed area is not empty");
    }
    need(
        fingerprint.length == 0 || Arrays.equals(fingerprint, 12, 20, issuer, 0, 8),
        "fingerprint does not match the key id");
    body.getShort();
    for (int left = rsa ? 1 : 2; left > 0; left--) {
      int bits = body.getShort() & 0xffff;
      ByteBuffer number = next(body, (bits + 7) / 8);
      need(bits > 0 && (number.get() & 0xff) >> (bits - 1) % 8 == 1, "leading zeros in a number");
    }
    need(!body.hasRemaining(), "bytes after the numbers");
  }

  private static ByteBuffer packet(ByteBuffer in) {
    int head = in.get() & 0xff;
    boolean old = (head & 0xc0) == 0x80;
    need(old ? (head >> 2 & 15) == 2 : head == 0xc2, "not a signature packet");
    int length;
    if (old) {
      need((head & 3) < 3, "open length");
      length =
          (head & 3) == 0
              ? in.get() & 0xff
              : (head & 3) == 1 ? in.getShort() & 0xffff : in.getInt();
    } else {
      int first = in.get() & 0xff;
      need(first < 224 || first == 255, "partial length");
      length =
          first < 192
              ? first
              : first == 255 ? in.getInt() : ((first - 192) << 8) + (in.get() & 0xff) + 192;
    }
    need(length == in.remaining(), "trailing bytes after the packet");
    return in.slice();
  }

  private static ByteBuffer next(ByteBuffer from, int length) {
    need(length <= from.remaining(), "too short");
    ByteBuffer piece = from.slice(from.position(), length);
    from.position(from.position() + length);
    return piece;
  }

  private static byte[] rest(ByteBuffer from, int length) {
    need(from.remaining() == length, "length of a subpacket");
    byte[] bytes = new byte[length];
    from.get(bytes);
    return bytes;
  }

  private static void digests(
      Map<Integer, Entry> signatures, Map<Integer, Entry> main, byte[] header, byte[] payload) {
    for (int tag : new int[] {1000, 1001, 1002, 1021, 1022}) {
      need(
          main.containsKey(tag) && main.get(tag).type() == 6,
          "missing name, version, ...: %d",
          tag);
    }
    main.keySet().forEach(tag -> need(tag == 100 || (tag >= 1000 && tag <= 0x7fff), "tag " + tag));
    need(!main.containsKey(5114), "format 6");
    need(main.containsKey(5092) && main.get(5092).count() == 1, "no payload digest");
    int algorithm = ByteBuffer.wrap(entry(main, 5093).data()).getInt();
    need(Set.of(8, 9, 10).contains(algorithm), "payload digest algorithm");
    String name = algorithm == 8 ? "SHA-256" : algorithm == 9 ? "SHA-384" : "SHA-512";
    need(hex(name, payload).equals(string(entry(main, 5092))), "bad digest of the payload");
    if (signatures.containsKey(269)) {
      need(hex("SHA-1", header).equals(string(signatures.get(269))), "bad SHA-1 of the header");
    }
    if (signatures.containsKey(273)) {
      need(hex("SHA-256", header).equals(string(signatures.get(273))), "bad SHA-256 of the header");
    }
    byte[] content = new byte[header.length + payload.length];
    System.arraycopy(header, 0, content, 0, header.length);
    System.arraycopy(payload, 0, content, header.length, payload.length);
    if (signatures.containsKey(1004)) {
      String md5 = HexFormat.of().formatHex(signatures.get(1004).data());
      need(hex("MD5", content).equals(md5), "bad MD5");
    }
  }

  private static Entry entry(Map<Integer, Entry> entries, int tag) {
    Entry entry = entries.get(tag);
    if (entry == null) {
      throw new Refusal("missing tag " + tag);
    }
    return entry;
  }

  private static String string(Entry entry) {
    return new String(entry.data(), 0, entry.data().length - 1, StandardCharsets.US_ASCII);
  }

  private static String hex(String algorithm, byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
