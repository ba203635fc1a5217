package org.qrepo.sign;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Fingerprint;
import org.qrepo.sign.openpgp.Armor;
import org.qrepo.sign.openpgp.KeySignature;
import org.qrepo.sign.openpgp.NewKeyPair;
import org.qrepo.sign.openpgp.Packet;
import org.qrepo.sign.openpgp.SignaturePacket;
import org.qrepo.sign.openpgp.SignatureType;
import org.qrepo.sign.openpgp.Subpacket;

/**
 * A signing key just made: one primary key that certifies and signs, the shape that pacman-key, gpg
 * since 2.1 and rpm all accept.
 */
public final class NewKey {
  /** To certify (1) and to sign (2). */
  private static final byte FLAGS = 0x03;

  /** SHA-512, SHA-384, SHA-256. */
  private static final byte[] HASHES = {10, 9, 8};

  /** AES-256, AES-192, AES-128. */
  private static final byte[] CIPHERS = {9, 8, 7};

  /** Modification detection: the one feature that every reader has. */
  private static final byte FEATURES = 0x01;

  /** Only the owner may change what key servers have. */
  private static final byte NO_MODIFY = (byte) 0x80;

  private static final byte NO_REASON = 0;
  private static final long LONGEST_SECONDS = 0xFFFFFFFFL;

  private final Fingerprint fingerprint;
  private final byte[] secretKey;
  private final String certificate;
  private final String revocation;

  private NewKey(Fingerprint fingerprint, byte[] secretKey, String certificate, String revocation) {
    this.fingerprint = fingerprint;
    this.secretKey = secretKey;
    this.certificate = certificate;
    this.revocation = revocation;
  }

  /**
   * Makes a key, its certificate and its revocation certificate.
   *
   * @param passphrase protects the secret key; not wiped here
   * @param expiry when the key expires, after {@code now}; empty for never
   * @throws IllegalArgumentException if the expiry is not after now, or beyond what the format
   *     holds
   */
  public static NewKey generate(
      UserId userId,
      KeyAlgorithm algorithm,
      Optional<char[]> passphrase,
      Optional<Instant> expiry,
      Instant now) {
    SecureRandom random = new SecureRandom();
    NewKeyPair pair =
        switch (algorithm) {
          case ED25519 -> NewKeyPair.ed25519(now, random);
          case RSA4096 -> NewKeyPair.rsa(4096, now, random);
        };
    return certify(pair, userId, passphrase, expiry);
  }

  static NewKey certify(
      NewKeyPair pair, UserId userId, Optional<char[]> passphrase, Optional<Instant> expiry) {
    Packet id = new Packet(Packet.USER_ID, userId.text().getBytes(StandardCharsets.UTF_8));
    Packet certification = certification(pair, id, expiry);
    Packet publicKey = new Packet(Packet.PUBLIC_KEY, pair.publicHalf().body());
    byte[] secret = Packet.encode(List.of(pair.secretPacket(passphrase), id, certification));
    byte[] open = Packet.encode(List.of(publicKey, id, certification));
    return new NewKey(
        pair.publicHalf().fingerprint(),
        Armor.encode(secret, Armor.Block.PRIVATE_KEY, List.of()),
        text(Armor.encode(open, Armor.Block.PUBLIC_KEY, List.of())),
        text(
            Armor.encode(
                revocation(pair).encoded(),
                Armor.Block.PUBLIC_KEY,
                List.of("Comment: This revokes key " + pair.publicHalf().fingerprint()))));
  }

  private static Packet certification(NewKeyPair pair, Packet id, Optional<Instant> expiry) {
    SignaturePacket.Draft draft = draft(pair, SignatureType.POSITIVE_CERTIFICATION);
    draft
        .hashed(Subpacket.of(Subpacket.KEY_FLAGS, FLAGS))
        .hashed(Subpacket.of(Subpacket.PREFERRED_CIPHERS, CIPHERS))
        .hashed(Subpacket.of(Subpacket.PREFERRED_HASHES, HASHES))
        .hashed(Subpacket.of(Subpacket.FEATURES, FEATURES))
        .hashed(Subpacket.of(Subpacket.KEY_SERVER_PREFERENCES, NO_MODIFY));
    expiry.ifPresent(
        end ->
            draft.hashed(
                Subpacket.ofSeconds(
                    Subpacket.KEY_EXPIRATION, validity(pair.publicHalf().created(), end))));
    return sign(pair, draft, KeySignature.overIdentity(pair.publicHalf(), id));
  }

  private static Packet revocation(NewKeyPair pair) {
    SignaturePacket.Draft draft =
        draft(pair, SignatureType.KEY_REVOCATION)
            .hashed(Subpacket.of(Subpacket.REVOCATION_REASON, NO_REASON));
    return sign(pair, draft, KeySignature.overKey(pair.publicHalf()));
  }

  private static SignaturePacket.Draft draft(NewKeyPair pair, int type) {
    return new SignaturePacket.Draft(
        type, pair.publicHalf(), HashAlgorithm.SHA256, pair.publicHalf().created());
  }

  private static Packet sign(NewKeyPair pair, SignaturePacket.Draft draft, byte[] signed) {
    byte[] digest = KeySignature.digest(HashAlgorithm.SHA256, signed, draft.trailer());
    return draft.sign(digest, pair.privateKey()).packet();
  }

  private static long validity(Instant created, Instant end) {
    long seconds = Duration.between(created, end).toSeconds();
    if (seconds < 1 || seconds > LONGEST_SECONDS) {
      throw new IllegalArgumentException("a key made on " + created + " cannot expire on " + end);
    }
    return seconds;
  }

  private static String text(byte[] armored) {
    return new String(armored, StandardCharsets.US_ASCII);
  }

  public Fingerprint fingerprint() {
    return fingerprint;
  }

  /** The secret key, armored, in ASCII: for a file that only its owner can read. */
  public byte[] secretKey() {
    return secretKey.clone();
  }

  /** The public certificate, armored. */
  public String certificate() {
    return certificate;
  }

  /** A certificate that revokes the key when it is imported, armored: to be kept elsewhere. */
  public String revocation() {
    return revocation;
  }
}
