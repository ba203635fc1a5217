package org.qrepo.sign.openpgp;

import java.security.MessageDigest;
import java.util.Optional;
import org.qrepo.io.HashAlgorithm;

/** What is hashed when keys and user ids are signed (RFC 4880 §5.2.4), and the test of it. */
public final class KeySignature {
  private static final int USER_ID_MARK = 0xB4;
  private static final int USER_ATTRIBUTE_MARK = 0xD1;

  private KeySignature() {}

  /** A signature over a primary key alone: direct statements and revocations. */
  public static byte[] overKey(PublicKeyPacket primary) {
    return primary.hashForm();
  }

  /** A signature that binds a user id or attribute to a primary key, or revokes it. */
  public static byte[] overIdentity(PublicKeyPacket primary, Packet identity) {
    byte[] body = identity.body();
    int mark = identity.tag() == Packet.USER_ID ? USER_ID_MARK : USER_ATTRIBUTE_MARK;
    return new ByteWriter()
        .bytes(primary.hashForm())
        .u8(mark)
        .u32(body.length)
        .bytes(body)
        .toBytes();
  }

  /** A signature that binds a subkey to a primary key, by either of them. */
  public static byte[] overSubkey(PublicKeyPacket primary, PublicKeyPacket subkey) {
    return new ByteWriter().bytes(primary.hashForm()).bytes(subkey.hashForm()).toBytes();
  }

  /** The digest of signed bytes and a signature's own trailer. */
  public static byte[] digest(HashAlgorithm hash, byte[] signed, byte[] trailer) {
    MessageDigest digest = hash.newDigest();
    digest.update(signed);
    return digest.digest(trailer);
  }

  /**
   * Whether the key made the signature over these bytes. MD5 never counts; SHA-1 does, as clients
   * still accept it where a key speaks of itself.
   */
  public static boolean isBy(PublicKeyPacket signer, SignaturePacket signature, byte[] signed) {
    Optional<HashAlgorithm> hash = signature.hash().filter(h -> h != HashAlgorithm.MD5);
    if (hash.isEmpty() || signature.keyAlgorithm() != signer.algorithm()) {
      return false;
    }
    byte[] digest = digest(hash.get(), signed, signature.trailer());
    return signer.key().verify(hash.get(), digest, signature);
  }
}
