package org.qrepo.sign.openpgp;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Fingerprint;

/** A version 4 signature (RFC 4880 §5.2.3), as it was read or made. */
public final class SignaturePacket {
  public static final int VERSION = 4;

  private final int type;
  private final int keyAlgorithm;
  private final int hashId;
  private final List<Subpacket> hashed;
  private final List<Subpacket> unhashed;
  private final byte[] hashedPart;
  private final byte[] leadingDigest;
  private final byte[] numbers;

  private SignaturePacket(
      int type,
      int keyAlgorithm,
      int hashId,
      List<Subpacket> hashed,
      List<Subpacket> unhashed,
      byte[] leadingDigest,
      byte[] numbers,
      byte[] hashedPart) {
    this.type = type;
    this.keyAlgorithm = keyAlgorithm;
    this.hashId = hashId;
    this.hashed = List.copyOf(hashed);
    this.unhashed = List.copyOf(unhashed);
    this.leadingDigest = leadingDigest;
    this.numbers = numbers;
    this.hashedPart = hashedPart;
  }

  /**
   * Reads the content of a signature packet.
   *
   * @throws PacketException of kind UNSUPPORTED for other versions
   */
  public static SignaturePacket parse(byte[] body) throws PacketException {
    ByteReader in = new ByteReader(body);
    int version = in.u8();
    if (version != VERSION) {
      throw PacketException.unsupported("a signature of version " + version);
    }
    int type = in.u8();
    int keyAlgorithm = in.u8();
    int hashId = in.u8();
    List<Subpacket> hashed = Subpacket.readAll(in.bytes(in.u16()));
    byte[] hashedPart = Arrays.copyOf(body, in.position());
    List<Subpacket> unhashed = Subpacket.readAll(in.bytes(in.u16()));
    byte[] leading = in.bytes(2);
    return new SignaturePacket(
        type, keyAlgorithm, hashId, hashed, unhashed, leading, in.rest(), hashedPart);
  }

  /** A signature in the making: everything but the digest is known. */
  public static final class Draft {
    private final int type;
    private final PublicKeyPacket signer;
    private final HashAlgorithm hash;
    private final List<Subpacket> hashed = new ArrayList<>();
    private final List<Subpacket> unhashed = new ArrayList<>();

    /**
     * States who signs and when: issuer fingerprint and creation time are under the signature, the
     * issuer key id, by which pacman and old rpm look keys up, stands outside of it; none is marked
     * critical, which rpm up to 4.16 does not bear.
     */
    public Draft(int type, PublicKeyPacket signer, HashAlgorithm hash, Instant created) {
      this.type = type;
      this.signer = signer;
      this.hash = hash;
      hashed.add(Subpacket.of(Subpacket.ISSUER_FINGERPRINT, signer.issuerFingerprint()));
      hashed.add(Subpacket.ofSeconds(Subpacket.CREATION_TIME, created.getEpochSecond()));
      unhashed.add(Subpacket.of(Subpacket.ISSUER, signer.keyIdOctets()));
    }

    public Draft hashed(Subpacket subpacket) {
      hashed.add(subpacket);
      return this;
    }

    /** What is hashed after the signed bytes. */
    public byte[] trailer() {
      return SignaturePacket.trailer(hashedPart());
    }

    /**
     * Ends the making.
     *
     * @param digest of the signed bytes and the {@link #trailer}
     * @param key the secret numbers of the signer given at the start
     */
    public SignaturePacket sign(byte[] digest, PrivateKey key) {
      return new SignaturePacket(
          type,
          signer.algorithm(),
          HashIds.id(hash),
          hashed,
          unhashed,
          Arrays.copyOf(digest, 2),
          key.sign(hash, digest),
          hashedPart());
    }

    private byte[] hashedPart() {
      byte[] area = Subpacket.encode(hashed);
      return new ByteWriter()
          .u8(VERSION)
          .u8(type)
          .u8(signer.algorithm())
          .u8(HashIds.id(hash))
          .u16(area.length)
          .bytes(area)
          .toBytes();
    }
  }

  public Packet packet() {
    byte[] area = Subpacket.encode(unhashed);
    return new Packet(
        Packet.SIGNATURE,
        new ByteWriter()
            .bytes(hashedPart)
            .u16(area.length)
            .bytes(area)
            .bytes(leadingDigest)
            .bytes(numbers)
            .toBytes());
  }

  /** See {@link SignatureType}. */
  public int type() {
    return type;
  }

  /** The number of the public-key algorithm. */
  public int keyAlgorithm() {
    return keyAlgorithm;
  }

  /** The number of the hash algorithm, known or not. */
  public int hashId() {
    return hashId;
  }

  /** Empty if the algorithm is not implemented. */
  public Optional<HashAlgorithm> hash() {
    return HashIds.algorithm(hashId);
  }

  /** What is hashed after the signed bytes. */
  public byte[] trailer() {
    return trailer(hashedPart);
  }

  /** Only what is under the signature counts. */
  public Optional<Instant> created() throws PacketException {
    OptionalLong seconds = seconds(Subpacket.CREATION_TIME);
    return seconds.isPresent()
        ? Optional.of(Instant.ofEpochSecond(seconds.getAsLong()))
        : Optional.empty();
  }

  /** How long after its making the signature is valid; empty for ever. */
  public Optional<Duration> validity() throws PacketException {
    return duration(Subpacket.EXPIRATION_TIME);
  }

  /** How long after its own creation the signed key is valid; empty for ever or not stated. */
  public Optional<Duration> keyValidity() throws PacketException {
    return duration(Subpacket.KEY_EXPIRATION);
  }

  /** Whether it says anything on the validity of the signed key, be it "for ever". */
  public boolean statesKeyValidity() {
    return first(hashed, Subpacket.KEY_EXPIRATION).isPresent();
  }

  /** The first octet of the key flags under the signature; empty if there are none. */
  public Optional<Integer> keyFlags() {
    return first(hashed, Subpacket.KEY_FLAGS)
        .map(s -> s.data().length == 0 ? 0 : s.data()[0] & 0xff);
  }

  /** Whether the user id it certifies is the main one. */
  public boolean primaryUserId() {
    return first(hashed, Subpacket.PRIMARY_USER_ID)
        .filter(s -> s.data().length == 1 && s.data()[0] != 0)
        .isPresent();
  }

  /** The issuer key ids that are stated, under the signature or not, as 16 hex digits. */
  public List<String> issuerKeyIds() {
    return all(Subpacket.ISSUER).stream().map(Subpacket::hex).toList();
  }

  /** The issuer fingerprints of version 4 keys that are stated. */
  public List<Fingerprint> issuerFingerprints() {
    return all(Subpacket.ISSUER_FINGERPRINT).stream()
        .map(Subpacket::hex)
        .filter(hex -> hex.matches("04[0-9A-F]{40}"))
        .map(hex -> new Fingerprint(hex.substring(2)))
        .toList();
  }

  /** Whether the issuer is named, by key id or fingerprint, where the signature covers it. */
  public boolean issuerIsSigned() {
    return first(hashed, Subpacket.ISSUER).isPresent()
        || first(hashed, Subpacket.ISSUER_FINGERPRINT).isPresent();
  }

  /** All statements under the signature. */
  public List<Subpacket> hashed() {
    return hashed;
  }

  /** All statements beside it. */
  public List<Subpacket> unhashed() {
    return unhashed;
  }

  /** Whether its numbers are written without leading zeros and with their true length in bits. */
  public boolean plainNumbers() {
    try {
      ByteReader in = new ByteReader(numbers);
      ByteWriter again = new ByteWriter();
      while (!in.atEnd()) {
        again.mpi(in.mpi());
      }
      return Arrays.equals(again.toBytes(), numbers);
    } catch (PacketException e) {
      return false;
    }
  }

  /** Statements that must be understood and are not. */
  public List<Integer> unknownCritical() {
    return hashed.stream().filter(Subpacket::unknownAndCritical).map(Subpacket::type).toList();
  }

  /** Signatures inside of this one: a subkey's consent to be one. */
  public List<SignaturePacket> embedded() throws PacketException {
    List<SignaturePacket> found = new ArrayList<>();
    for (Subpacket s : all(Subpacket.EMBEDDED_SIGNATURE)) {
      found.add(parse(s.data()));
    }
    return found;
  }

  /** The one number of RSA. */
  BigInteger number() throws PacketException {
    ByteReader in = new ByteReader(numbers);
    return last(in, in.mpi());
  }

  /** The two numbers of DSA, ECDSA and EdDSA. */
  BigInteger[] numberPair() throws PacketException {
    ByteReader in = new ByteReader(numbers);
    return new BigInteger[] {in.mpi(), last(in, in.mpi())};
  }

  /** Whether its first two octets agree with the ones that the signature carries in clear. */
  public boolean leads(byte[] digest) {
    return digest[0] == leadingDigest[0] && digest[1] == leadingDigest[1];
  }

  private static BigInteger last(ByteReader in, BigInteger number) throws PacketException {
    if (!in.atEnd()) {
      throw PacketException.malformed("bytes after the numbers of the signature");
    }
    return number;
  }

  private Optional<Duration> duration(int subpacket) throws PacketException {
    OptionalLong seconds = seconds(subpacket);
    return seconds.isPresent() && seconds.getAsLong() > 0
        ? Optional.of(Duration.ofSeconds(seconds.getAsLong()))
        : Optional.empty();
  }

  private OptionalLong seconds(int subpacket) throws PacketException {
    Optional<Subpacket> found = first(hashed, subpacket);
    return found.isPresent() ? OptionalLong.of(found.get().seconds()) : OptionalLong.empty();
  }

  private List<Subpacket> all(int subpacket) {
    List<Subpacket> found = new ArrayList<>(hashed);
    found.addAll(unhashed);
    found.removeIf(s -> s.type() != subpacket);
    return found;
  }

  private static Optional<Subpacket> first(List<Subpacket> area, int subpacket) {
    return area.stream().filter(s -> s.type() == subpacket).findFirst();
  }

  /** The hashed part, and its length so that it cannot be read as part of the signed bytes. */
  private static byte[] trailer(byte[] hashedPart) {
    return new ByteWriter().bytes(hashedPart).u8(VERSION).u8(0xff).u32(hashedPart.length).toBytes();
  }
}
