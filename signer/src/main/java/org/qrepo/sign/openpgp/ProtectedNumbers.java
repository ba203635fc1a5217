package org.qrepo.sign.openpgp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import org.bouncycastle.bcpg.BCPGInputStream;
import org.bouncycastle.bcpg.SecretKeyPacket;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.operator.PBESecretKeyDecryptor;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyDecryptorBuilder;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPDigestCalculatorProviderBuilder;

/**
 * Decrypts secret numbers with a passphrase: all that Bouncy Castle knows, CFB with a SHA-1 hash or
 * a sum, and AEAD. The passphrase is stretched with the digests of the JDK, which are four times
 * faster.
 */
final class ProtectedNumbers {
  private ProtectedNumbers() {}

  /** Empty if the passphrase does not fit or the packet is damaged: the two look the same. */
  static Optional<byte[]> unlock(Packet packet, char[] passphrase) {
    try {
      BCPGInputStream in = new BCPGInputStream(new ByteArrayInputStream(packet.encoded()));
      if (!(in.readPacket() instanceof SecretKeyPacket secret)) {
        return Optional.empty();
      }
      PGPPublicKey half =
          new PGPPublicKey(secret.getPublicKeyPacket(), new BcKeyFingerprintCalculator());
      return Optional.of(
          new PGPSecretKey(secret, half)
              .extractPrivateKey(decryptor(passphrase))
              .getPrivateKeyDataPacket()
              .getEncoded());
    } catch (PGPException | IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private static PBESecretKeyDecryptor decryptor(char[] passphrase) throws PGPException {
    return new BcPBESecretKeyDecryptorBuilder(new JcaPGPDigestCalculatorProviderBuilder().build())
        .build(passphrase);
  }
}
