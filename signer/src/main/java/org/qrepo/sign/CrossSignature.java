package org.qrepo.sign;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.SigningException;
import org.qrepo.sign.openpgp.Armor;
import org.qrepo.sign.openpgp.KeySignature;
import org.qrepo.sign.openpgp.Packet;
import org.qrepo.sign.openpgp.PacketException;
import org.qrepo.sign.openpgp.PrivateKey;
import org.qrepo.sign.openpgp.PublicKeyPacket;
import org.qrepo.sign.openpgp.SecretKeyPacket;
import org.qrepo.sign.openpgp.SignaturePacket;
import org.qrepo.sign.openpgp.SignatureType;

/**
 * A certification of one key by another: the primary key of a publisher says that the user ids of
 * its successor are right. gpg calls the successor valid where it trusts the old key to certify
 * others, as pacman does with the keys of a keyring package.
 */
public final class CrossSignature {
  private CrossSignature() {}

  /**
   * The certificate of a successor, each of its user ids certified by the key from a file.
   *
   * @param endorser the file that holds the secret primary key
   * @param wanted the endorser's certificate, or one of its keys; may be empty if the file holds
   *     one certificate
   * @return the certificate with its own statements and the new one, armored
   * @throws SigningException if the file does not hold the secret primary key, or the successor is
   *     no whole certificate
   */
  public static String endorse(
      Certificate successor,
      SecretKeyFile endorser,
      Optional<Fingerprint> wanted,
      Passphrase passphrase,
      Instant now) {
    SecretKeyFile.UnlockedPrimary primary = endorser.primary(wanted, passphrase, now);
    return new String(
        Armor.encode(
            Packet.encode(endorsed(successor, primary.packet(), primary.key(), now)),
            Armor.Block.PUBLIC_KEY,
            List.of()),
        StandardCharsets.US_ASCII);
  }

  private static List<Packet> endorsed(
      Certificate successor, PublicKeyPacket by, PrivateKey key, Instant now) {
    List<Packet> packets = new ArrayList<>();
    boolean any = false;
    List<Packet> own = successor.minimal(now);
    for (int i = 0; i < own.size(); i++) {
      packets.add(own.get(i));
      boolean afterIdentity = i > 0 && own.get(i - 1).tag() == Packet.USER_ID;
      if (afterIdentity) {
        packets.add(certification(successor.primary(), own.get(i - 1), by, key, now));
        any = true;
      }
    }
    if (!any) {
      throw new SigningException("the certificate " + successor.fingerprint() + " has no user id");
    }
    return packets;
  }

  private static Packet certification(
      PublicKeyPacket primary, Packet identity, PublicKeyPacket by, PrivateKey key, Instant now) {
    HashAlgorithm hash = by.key().signingHash();
    SignaturePacket.Draft draft =
        new SignaturePacket.Draft(SignatureType.CERTIFICATION_FIRST, by, hash, now);
    byte[] signed = KeySignature.overIdentity(primary, identity);
    return draft.sign(KeySignature.digest(hash, signed, draft.trailer()), key).packet();
  }

  /** Whether a certificate carries a good certification by another's primary key. */
  public static boolean isEndorsed(Certificate successor, Certificate by) {
    return successor.identities().stream()
        .anyMatch(
            identity ->
                identity.signatures().stream()
                    .anyMatch(s -> isBy(by.primary(), successor.primary(), identity.packet(), s)));
  }

  /** The certifications on a user id by primary keys of others. */
  static List<Packet> by(List<Certificate> endorsers, Certificate of, Certificate.Identity on) {
    return on.signatures().stream()
        .filter(
            s ->
                endorsers.stream()
                    .filter(e -> !e.fingerprint().equals(of.fingerprint()))
                    .anyMatch(e -> isBy(e.primary(), of.primary(), on.packet(), s)))
        .toList();
  }

  private static boolean isBy(
      PublicKeyPacket by, PublicKeyPacket primary, Packet identity, Packet packet) {
    try {
      SignaturePacket signature = SignaturePacket.parse(packet.body());
      return SignatureType.isCertification(signature.type())
          && Statement.claims(signature, by)
          && KeySignature.isBy(by, signature, KeySignature.overIdentity(primary, identity));
    } catch (PacketException e) {
      return false;
    }
  }

  /** Why a file cannot certify. */
  static SigningException withoutPrimary(String file, SecretKeyPacket.Protection protection) {
    boolean card = protection == SecretKeyPacket.Protection.CARD;
    return new SigningException(
        Finding.of(
            "primary-key-missing",
            file,
            "the secret primary key is "
                + (card ? "on a smartcard" : "not in this file")
                + ", and only it can certify another key",
            "Certify the new key where it is: gpg --quick-sign-key FINGERPRINT"));
  }
}
