package org.qrepo.sign.openpgp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.bcpg.BCPGInputStream;
import org.bouncycastle.bcpg.BCPGKey;
import org.bouncycastle.bcpg.ECSecretBCPGKey;
import org.bouncycastle.bcpg.EdSecretBCPGKey;
import org.bouncycastle.bcpg.RSASecretBCPGKey;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.operator.PBESecretKeyDecryptor;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyDecryptorBuilder;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A secret key or subkey as it lies in a file: public half, protection, and the numbers, which stay
 * encrypted until {@link #unlock} is called.
 */
public final class SecretKeyPacket {
  private static final int USAGE_AEAD = 253;
  private static final int S2K_ARGON2 = 4;
  private static final int S2K_GNU = 101;
  private static final int GNU_CARD = 2;
  private static final int ARGON2_LARGEST_MEMORY = 21;
  private static final int ARGON2_MOST_PASSES = 32;

  /** How the numbers are kept. */
  public enum Protection {
    NONE,
    PASSPHRASE,
    /** They are not in this file: an offline primary key. */
    ABSENT,
    /** They are on a smartcard. */
    CARD,
    /** Deriving the key from the passphrase would take more than any honest file asks for. */
    EXCESSIVE
  }

  private final Packet packet;
  private final PublicKeyPacket publicHalf;
  private final Protection protection;

  private SecretKeyPacket(Packet packet, PublicKeyPacket publicHalf, Protection protection) {
    this.packet = packet;
    this.publicHalf = publicHalf;
    this.protection = protection;
  }

  /** Reads a secret key or subkey packet. */
  public static SecretKeyPacket parse(Packet packet) throws PacketException {
    byte[] body = packet.body();
    PublicKeyPacket publicHalf = PublicKeyPacket.parseLeading(body);
    int start = publicHalf.body().length;
    Protection protection =
        protection(new ByteReader(Arrays.copyOfRange(body, start, body.length)));
    return new SecretKeyPacket(packet, publicHalf, protection);
  }

  private static Protection protection(ByteReader in) throws PacketException {
    int usage = in.u8();
    if (usage == 0) {
      return Protection.NONE;
    }
    if (usage < USAGE_AEAD) {
      return Protection.PASSPHRASE;
    }
    in.u8();
    if (usage == USAGE_AEAD) {
      in.u8();
    }
    return switch (in.u8()) {
      case S2K_GNU -> gnu(in);
      case S2K_ARGON2 -> argon2(in);
      default -> Protection.PASSPHRASE;
    };
  }

  private static Protection gnu(ByteReader in) throws PacketException {
    in.bytes(4);
    return in.u8() == GNU_CARD ? Protection.CARD : Protection.ABSENT;
  }

  private static Protection argon2(ByteReader in) throws PacketException {
    in.bytes(16);
    int passes = in.u8();
    int lanes = in.u8();
    int memory = in.u8();
    boolean fair =
        passes >= 1
            && passes <= ARGON2_MOST_PASSES
            && lanes >= 1
            && memory >= 3
            && memory <= ARGON2_LARGEST_MEMORY;
    return fair ? Protection.PASSPHRASE : Protection.EXCESSIVE;
  }

  /** The public half. */
  public PublicKeyPacket publicHalf() {
    return publicHalf;
  }

  public Protection protection() {
    return protection;
  }

  /**
   * The numbers.
   *
   * @param passphrase empty for keys without protection; not wiped here
   * @return empty if the passphrase does not fit, or the numbers are damaged
   * @throws PacketException of kind UNSUPPORTED for keys that cannot sign
   */
  public Optional<PrivateKey> unlock(char[] passphrase) throws PacketException {
    BCPGKey numbers;
    try {
      numbers = decrypt(passphrase);
    } catch (PGPException | IOException | RuntimeException e) {
      return Optional.empty();
    }
    try {
      return Optional.of(privateKey(numbers));
    } catch (ArithmeticException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private BCPGKey decrypt(char[] passphrase) throws IOException, PGPException {
    BCPGInputStream in = new BCPGInputStream(new ByteArrayInputStream(packet.encoded()));
    if (!(in.readPacket() instanceof org.bouncycastle.bcpg.SecretKeyPacket secret)) {
      throw new IOException("not a secret key");
    }
    PGPPublicKey half =
        new PGPPublicKey(secret.getPublicKeyPacket(), new BcKeyFingerprintCalculator());
    return new PGPSecretKey(secret, half)
        .extractPrivateKey(decryptor(passphrase))
        .getPrivateKeyDataPacket();
  }

  private @Nullable PBESecretKeyDecryptor decryptor(char[] passphrase) throws PGPException {
    if (protection == Protection.NONE) {
      return null;
    }
    return new BcPBESecretKeyDecryptorBuilder(new JcaPGPDigestCalculatorProviderBuilder().build())
        .build(passphrase);
  }

  private PrivateKey privateKey(BCPGKey numbers) throws PacketException {
    PublicKey key = publicHalf.key();
    if (key instanceof RsaPublicKey rsa && numbers instanceof RSASecretBCPGKey secret) {
      return new PrivateKeys.Rsa(
          rsa, secret.getPrivateExponent(), secret.getPrimeP(), secret.getPrimeQ());
    }
    if (key instanceof Ed25519PublicKey ed25519 && numbers instanceof EdSecretBCPGKey secret) {
      return PrivateKeys.ed25519(ed25519, secret.getX());
    }
    if (key instanceof EcdsaPublicKey ecdsa && numbers instanceof ECSecretBCPGKey secret) {
      BigInteger x = secret.getX();
      if (x.signum() <= 0 || x.bitLength() > ecdsa.bits()) {
        throw new ArithmeticException("the secret is out of range");
      }
      return PrivateKeys.ecdsa(ecdsa, x);
    }
    throw PacketException.unsupported("a key of kind " + key.name() + " does not sign here");
  }
}
