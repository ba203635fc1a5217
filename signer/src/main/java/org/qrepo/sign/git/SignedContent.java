package org.qrepo.sign.git;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A commit or tag taken apart into what was signed and the signature, as git does before it hands
 * both to gpg.
 */
public final class SignedContent {
  private final byte[] payload;
  private final byte[] signature;
  private final Kind kind;
  private final int count;

  private SignedContent(byte[] payload, byte[] signature, Kind kind, int count) {
    this.payload = payload;
    this.signature = signature;
    this.kind = kind;
    this.count = count;
  }

  /** What made a signature. */
  public enum Kind {
    NONE,
    OPENPGP,
    SSH,
    X509,
    /** Something else stands where a signature should. */
    OTHER
  }

  /** How signatures begin, by which git finds them in a tag. */
  private record Marker(String line, Kind kind) {}

  private static final List<Marker> MARKERS =
      List.of(
          new Marker("-----BEGIN PGP SIGNATURE-----", Kind.OPENPGP),
          new Marker("-----BEGIN PGP MESSAGE-----", Kind.OPENPGP),
          new Marker("-----BEGIN SSH SIGNATURE-----", Kind.SSH),
          new Marker("-----BEGIN SIGNED MESSAGE-----", Kind.X509));

  /** The signed bytes. */
  public byte[] payload() {
    return payload.clone();
  }

  /** As it stands there, with its line ends; empty if there is none. */
  public byte[] signature() {
    return signature.clone();
  }

  /** What made the signature. */
  public Kind kind() {
    return kind;
  }

  /** How many signatures there are. */
  public int count() {
    return count;
  }

  /** In a commit the signature is a header; one over its form in another format counts nothing. */
  static SignedContent ofCommit(ObjectHeaders headers, byte[] object, ObjectFormat format) {
    List<ObjectHeaders.Header> found = headers.named(format.signatureHeader());
    byte[] payload = headers.withoutSignatures(object.length);
    if (found.isEmpty()) {
      return new SignedContent(payload, new byte[0], Kind.NONE, 0);
    }
    byte[] value = found.get(0).bytes();
    byte[] signature = Arrays.copyOf(value, value.length + 1);
    signature[value.length] = '\n';
    return new SignedContent(payload, signature, kindAt(signature, 0), found.size());
  }

  /** In a tag it is the end of the message, from the last line on that begins one. */
  static SignedContent ofTag(ObjectHeaders headers, byte[] object) {
    int start = object.length;
    int count = 0;
    for (int line = 0; line < object.length; line = nextLine(object, line)) {
      if (kindAt(object, line) != Kind.OTHER) {
        start = line;
        count++;
      }
    }
    byte[] signature = Arrays.copyOfRange(object, start, object.length);
    Kind kind = count == 0 ? Kind.NONE : kindAt(object, start);
    return new SignedContent(headers.withoutSignatures(start), signature, kind, count);
  }

  private static int nextLine(byte[] object, int from) {
    int at = from;
    while (at < object.length && object[at] != '\n') {
      at++;
    }
    return at + 1;
  }

  private static Kind kindAt(byte[] bytes, int at) {
    return MARKERS.stream()
        .filter(m -> startsWith(bytes, at, m.line()))
        .map(Marker::kind)
        .findFirst()
        .orElse(Kind.OTHER);
  }

  private static boolean startsWith(byte[] bytes, int at, String text) {
    byte[] wanted = text.getBytes(StandardCharsets.US_ASCII);
    return bytes.length - at >= wanted.length
        && Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length);
  }
}
