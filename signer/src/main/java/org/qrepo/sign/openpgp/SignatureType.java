package org.qrepo.sign.openpgp;

/** What a signature is about (RFC 4880 §5.2.1). */
public final class SignatureType {
  public static final int BINARY = 0x00;
  public static final int TEXT = 0x01;
  public static final int CERTIFICATION_FIRST = 0x10;
  public static final int POSITIVE_CERTIFICATION = 0x13;
  public static final int SUBKEY_BINDING = 0x18;
  public static final int PRIMARY_KEY_BINDING = 0x19;
  public static final int DIRECT_KEY = 0x1F;
  public static final int KEY_REVOCATION = 0x20;
  public static final int SUBKEY_REVOCATION = 0x28;
  public static final int CERTIFICATION_REVOCATION = 0x30;

  private SignatureType() {}

  public static boolean isCertification(int type) {
    return type >= CERTIFICATION_FIRST && type <= POSITIVE_CERTIFICATION;
  }
}
