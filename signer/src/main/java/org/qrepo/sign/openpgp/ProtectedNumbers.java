package org.qrepo.sign.openpgp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.bcpg.AEADAlgorithmTags;
import org.bouncycastle.bcpg.BCPGInputStream;
import org.bouncycastle.bcpg.SecretKeyPacket;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.OCBBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.operator.PBESecretKeyDecryptor;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyDecryptorBuilder;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPDigestCalculatorProviderBuilder;

/**
 * Decrypts secret numbers with a passphrase: all that Bouncy Castle knows, CFB with a SHA-1 hash or
 * a sum, and AEAD as RFC 9580 has it; and OCB as LibrePGP, GnuPG's own draft, has it, which takes
 * the stretched passphrase itself for the key. The passphrase is stretched with the digests of the
 * JDK, which are four times faster.
 */
final class ProtectedNumbers {
  private static final Set<Integer> AES =
      Set.of(
          SymmetricKeyAlgorithmTags.AES_128,
          SymmetricKeyAlgorithmTags.AES_192,
          SymmetricKeyAlgorithmTags.AES_256);
  private static final int OCB_NONCE = 15;
  private static final int OCB_TAG_BITS = 128;

  private ProtectedNumbers() {}

  /** Empty if the passphrase does not fit or the packet is damaged: the two look the same. */
  static Optional<byte[]> unlock(Packet packet, char[] passphrase) {
    try {
      BCPGInputStream in = new BCPGInputStream(new ByteArrayInputStream(packet.encoded()));
      if (!(in.readPacket() instanceof SecretKeyPacket secret)) {
        return Optional.empty();
      }
      Optional<byte[]> numbers = standard(secret, passphrase);
      boolean ocb =
          secret.getS2KUsage() == SecretKeyPacket.USAGE_AEAD
              && secret.getAeadAlgorithm() == AEADAlgorithmTags.OCB
              && AES.contains(secret.getEncAlgorithm());
      return numbers.isEmpty() && ocb
          ? Optional.of(libre(secret, packet.tag(), passphrase))
          : numbers;
    } catch (PGPException | InvalidCipherTextException | IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<byte[]> standard(SecretKeyPacket secret, char[] passphrase) {
    try {
      PGPPublicKey half =
          new PGPPublicKey(secret.getPublicKeyPacket(), new BcKeyFingerprintCalculator());
      return Optional.of(
          new PGPSecretKey(secret, half)
              .extractPrivateKey(decryptor(passphrase))
              .getPrivateKeyDataPacket()
              .getEncoded());
    } catch (PGPException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** What is authenticated besides the numbers: the tag as in a new header, and the public half. */
  private static byte[] libre(SecretKeyPacket secret, int tag, char[] passphrase)
      throws PGPException, InvalidCipherTextException, IOException {
    byte[] key =
        decryptor(passphrase).makeKeyFromPassPhrase(secret.getEncAlgorithm(), secret.getS2K());
    byte[] with =
        new ByteWriter()
            .u8(0xC0 | tag)
            .bytes(secret.getPublicKeyPacket().getEncodedContents())
            .toBytes();
    byte[] nonce = Arrays.copyOf(secret.getIV(), OCB_NONCE);
    OCBBlockCipher cipher = new OCBBlockCipher(AESEngine.newInstance(), AESEngine.newInstance());
    cipher.init(false, new AEADParameters(new KeyParameter(key), OCB_TAG_BITS, nonce, with));
    byte[] sealed = secret.getSecretKeyData();
    byte[] numbers = new byte[cipher.getOutputSize(sealed.length)];
    int length = cipher.processBytes(sealed, 0, sealed.length, numbers, 0);
    cipher.doFinal(numbers, length);
    return numbers;
  }

  private static PBESecretKeyDecryptor decryptor(char[] passphrase) throws PGPException {
    return new BcPBESecretKeyDecryptorBuilder(new JcaPGPDigestCalculatorProviderBuilder().build())
        .build(passphrase);
  }
}
