package org.qrepo.sign.openpgp;

import org.qrepo.io.HashAlgorithm;

/** The numbers of a public key, and the test of a signature with them. */
public sealed interface PublicKey
    permits RsaPublicKey, DsaPublicKey, EcdsaPublicKey, Ed25519PublicKey, OtherPublicKey {
  /** The number of the algorithm that new keys of this kind get. */
  int algorithm();

  /** As GnuPG names it: {@code rsa4096}, {@code ed25519}. */
  String name();

  /** The length of the key in bits. */
  int bits();

  /** Whether signatures of this kind of key can be tested at all. */
  boolean canVerify();

  /** Whether the key is too short to rely on. */
  default boolean weak() {
    return false;
  }

  /** The hash to sign with: SHA-256, or the shortest that GnuPG accepts with a longer key. */
  default HashAlgorithm signingHash() {
    return HashAlgorithm.SHA256;
  }

  /** Whether the signature's numbers are this key's over this digest; false for nonsense. */
  boolean verify(HashAlgorithm hash, byte[] digest, SignaturePacket signature);

  /** The numbers as they stand in the packet. */
  byte[] encoded();
}
