package org.qrepo.sign.openpgp;

import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateCrtKey;
import java.time.Instant;
import java.util.Optional;
import org.bouncycastle.bcpg.BCPGInputStream;
import org.bouncycastle.bcpg.BCPGKey;
import org.bouncycastle.bcpg.EdSecretBCPGKey;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.RSASecretBCPGKey;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPrivateKey;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.operator.PBESecretKeyEncryptor;
import org.bouncycastle.openpgp.operator.PGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyEncryptorBuilder;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;

/** A key that was just made: both halves, and the packet that keeps the secret one. */
public final class NewKeyPair {
  /** The count octet for 65,011,712 bytes, GnuPG's most: a tenth of a second to try a guess. */
  private static final int S2K_COUNT = 0xff;

  private static final int ED25519_LENGTH = 32;

  private final PublicKeyPacket publicHalf;
  private final PrivateKey privateKey;
  private final BCPGKey numbers;

  private NewKeyPair(PublicKeyPacket publicHalf, PrivateKey privateKey, BCPGKey numbers) {
    this.publicHalf = publicHalf;
    this.privateKey = privateKey;
    this.numbers = numbers;
  }

  /** Ed25519, in the form that GnuPG 2.1 and later reads. */
  public static NewKeyPair ed25519(Instant created, SecureRandom random) {
    byte[] seed = new byte[ED25519_LENGTH];
    random.nextBytes(seed);
    byte[] point = new byte[ED25519_LENGTH];
    Ed25519.generatePublicKey(seed, 0, point, 0);
    Ed25519PublicKey key = new Ed25519PublicKey(point);
    BigInteger secret = new BigInteger(1, seed);
    return new NewKeyPair(
        PublicKeyPacket.of(key, created),
        PrivateKeys.ed25519(key, secret),
        new EdSecretBCPGKey(secret));
  }

  /**
   * RSA with the public exponent 65537.
   *
   * @param bits 2048 to 4096
   */
  public static NewKeyPair rsa(int bits, Instant created, SecureRandom random) {
    RSAPrivateCrtKey made = rsaNumbers(bits, random);
    RsaPublicKey key = new RsaPublicKey(made.getModulus(), made.getPublicExponent());
    BigInteger p = made.getPrimeP().min(made.getPrimeQ());
    BigInteger q = made.getPrimeP().max(made.getPrimeQ());
    return new NewKeyPair(
        PublicKeyPacket.of(key, created),
        new PrivateKeys.Rsa(key, made.getPrivateExponent(), p, q),
        new RSASecretBCPGKey(made.getPrivateExponent(), p, q));
  }

  private static RSAPrivateCrtKey rsaNumbers(int bits, SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits, random);
      return (RSAPrivateCrtKey) generator.generateKeyPair().getPrivate();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java cannot make RSA keys", e);
    }
  }

  public PublicKeyPacket publicHalf() {
    return publicHalf;
  }

  public PrivateKey privateKey() {
    return privateKey;
  }

  /**
   * The secret key packet, encrypted with AES-256 under the passphrase if there is one.
   *
   * @param passphrase not wiped here
   */
  public Packet secretPacket(Optional<char[]> passphrase) {
    try {
      org.bouncycastle.bcpg.PublicKeyPacket half = half();
      PGPDigestCalculatorProvider digests = new JcaPGPDigestCalculatorProviderBuilder().build();
      PGPPublicKey publicKey = new PGPPublicKey(half, new BcKeyFingerprintCalculator());
      PGPSecretKey secret =
          new PGPSecretKey(
              new PGPPrivateKey(publicKey.getKeyID(), half, numbers),
              publicKey,
              digests.get(HashAlgorithmTags.SHA1),
              true,
              passphrase.isPresent() ? encryptor(passphrase.get(), digests) : null);
      return Packet.readAll(secret.getEncoded(), 1).get(0);
    } catch (PGPException | IOException | PacketException e) {
      throw new IllegalStateException("a key just made cannot be written", e);
    }
  }

  private org.bouncycastle.bcpg.PublicKeyPacket half() throws IOException {
    byte[] packet = new Packet(Packet.PUBLIC_KEY, publicHalf.body()).encoded();
    try (BCPGInputStream in = new BCPGInputStream(new java.io.ByteArrayInputStream(packet))) {
      return (org.bouncycastle.bcpg.PublicKeyPacket) in.readPacket();
    }
  }

  private static @Nullable PBESecretKeyEncryptor encryptor(
      char[] passphrase, PGPDigestCalculatorProvider digests) throws PGPException {
    return new BcPBESecretKeyEncryptorBuilder(
            SymmetricKeyAlgorithmTags.AES_256, digests.get(HashAlgorithmTags.SHA256), S2K_COUNT)
        .build(passphrase);
  }
}
