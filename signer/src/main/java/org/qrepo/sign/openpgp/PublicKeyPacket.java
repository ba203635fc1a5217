package org.qrepo.sign.openpgp;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Fingerprint;

/** A version 4 public key (RFC 4880 §5.5.2): when it was made, and its numbers. */
public final class PublicKeyPacket {
  public static final int VERSION = 4;

  private final byte[] body;
  private final Instant created;
  private final int algorithm;
  private final PublicKey key;
  private final Fingerprint fingerprint;

  private PublicKeyPacket(byte[] body, Instant created, int algorithm, PublicKey key) {
    this.body = body;
    this.created = created;
    this.algorithm = algorithm;
    this.key = key;
    this.fingerprint = fingerprint(body);
  }

  /** Reads the content of a public key or subkey packet. */
  public static PublicKeyPacket parse(byte[] body) throws PacketException {
    ByteReader in = new ByteReader(body);
    PublicKeyPacket packet = read(in, body);
    if (!in.atEnd()) {
      throw PacketException.malformed("bytes after the numbers of the key");
    }
    return packet;
  }

  /** Reads the public half of a secret key or subkey packet, with which it begins. */
  public static PublicKeyPacket parseLeading(byte[] secretBody) throws PacketException {
    return read(new ByteReader(secretBody), secretBody);
  }

  /** A new key. */
  public static PublicKeyPacket of(PublicKey key, Instant created) {
    int algorithm = key.algorithm();
    byte[] body =
        new ByteWriter()
            .u8(VERSION)
            .u32(created.getEpochSecond())
            .u8(algorithm)
            .bytes(key.encoded())
            .toBytes();
    return new PublicKeyPacket(
        body, Instant.ofEpochSecond(created.getEpochSecond()), algorithm, key);
  }

  private static PublicKeyPacket read(ByteReader in, byte[] bytes) throws PacketException {
    int version = in.u8();
    if (version != VERSION) {
      throw PacketException.unsupported("a key of version " + version);
    }
    Instant created = Instant.ofEpochSecond(in.u32());
    int algorithm = in.u8();
    PublicKey key = PublicKeys.read(algorithm, in);
    return new PublicKeyPacket(Arrays.copyOf(bytes, in.position()), created, algorithm, key);
  }

  public Instant created() {
    return created;
  }

  /** The number of the algorithm (RFC 4880 §9.1). */
  public int algorithm() {
    return algorithm;
  }

  public PublicKey key() {
    return key;
  }

  public Fingerprint fingerprint() {
    return fingerprint;
  }

  /** The last 16 digits of the fingerprint. */
  public String keyId() {
    return fingerprint.hex().substring(24);
  }

  public byte[] body() {
    return body.clone();
  }

  /** How a key is hashed where it is signed: a marker, its length, its content. */
  byte[] hashForm() {
    return hashForm(body);
  }

  byte[] issuerFingerprint() {
    byte[] digest = HexFormat.of().parseHex(fingerprint.hex());
    return ByteBuffer.allocate(21).put((byte) VERSION).put(digest).array();
  }

  byte[] keyIdOctets() {
    return HexFormat.of().parseHex(keyId());
  }

  private static byte[] hashForm(byte[] body) {
    return new ByteWriter().u8(0x99).u16(body.length).bytes(body).toBytes();
  }

  private static Fingerprint fingerprint(byte[] body) {
    MessageDigest sha1 = HashAlgorithm.SHA1.newDigest();
    byte[] digest = sha1.digest(hashForm(body));
    return new Fingerprint(HexFormat.of().withUpperCase().formatHex(digest));
  }
}
