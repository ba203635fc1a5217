package org.qrepo.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.bcpg.AEADAlgorithmTags;
import org.bouncycastle.bcpg.BCPGOutputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PacketFormat;
import org.bouncycastle.bcpg.S2K;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.operator.PBESecretKeyEncryptor;
import org.bouncycastle.openpgp.operator.PGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.bc.BcAEADSecretKeyEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyEncryptorBuilder;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPDigestCalculatorProviderBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qrepo.publish.SigningException;

/** Protections that gpg 2.2 does not write, made with Bouncy Castle. */
class ProtectionTest {
  private static final String PASSPHRASE = "pässword";

  enum Cipher {
    AES128(SymmetricKeyAlgorithmTags.AES_128),
    AES192(SymmetricKeyAlgorithmTags.AES_192),
    CAST5(SymmetricKeyAlgorithmTags.CAST5),
    TWOFISH(SymmetricKeyAlgorithmTags.TWOFISH),
    OCB(0),
    EAX(0);

    final int id;

    Cipher(int id) {
      this.id = id;
    }

    PBESecretKeyEncryptor encryptor(PGPSecretKey key, int memory) throws Exception {
      PGPDigestCalculatorProvider digests = new JcaPGPDigestCalculatorProviderBuilder().build();
      if (id != 0) {
        return new BcPBESecretKeyEncryptorBuilder(id, digests.get(HashAlgorithmTags.SHA1), 0x60)
            .build(PASSPHRASE.toCharArray());
      }
      int aead = this == OCB ? AEADAlgorithmTags.OCB : AEADAlgorithmTags.EAX;
      return new BcAEADSecretKeyEncryptorBuilder(
              aead,
              SymmetricKeyAlgorithmTags.AES_256,
              new S2K.Argon2Params(new byte[16], 1, 4, memory))
          .build(PASSPHRASE.toCharArray(), key.getPublicKey().getPublicKeyPacket());
    }
  }

  private static byte[] protect(NewKey key, Cipher cipher, int memory) throws Exception {
    PGPSecretKeyRing ring =
        new PGPSecretKeyRing(
            PGPUtil.getDecoderStream(new ByteArrayInputStream(key.secretKey())),
            new BcKeyFingerprintCalculator());
    PGPSecretKey secret = ring.getSecretKey();
    PGPSecretKey changed =
        PGPSecretKey.copyWithNewPassword(
            secret,
            null,
            cipher.encryptor(secret, memory),
            new JcaPGPDigestCalculatorProviderBuilder().build().get(HashAlgorithmTags.SHA1));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (BCPGOutputStream packets = new BCPGOutputStream(out, PacketFormat.CURRENT)) {
      changed.encode(packets);
    }
    return out.toByteArray();
  }

  private static KeyFileSigner open(byte[] file, String passphrase) {
    return SecretKeyFile.parse("key", file)
        .signer(Optional.empty(), name -> passphrase.toCharArray(), InstantSource.system());
  }

  @ParameterizedTest
  @EnumSource
  void unlocks(Cipher cipher) throws Exception {
    for (NewKey key : List.of(TestKeys.ed25519(), TestKeys.rsa2048())) {
      byte[] file = protect(key, cipher, 10);
      KeyFileSigner signer = open(file, PASSPHRASE);
      assertThat(signer.certificate()).isEqualTo(key.fingerprint());
      assertThat(signer.sign(TestKeys.signable("d", new byte[3]))).isNotEmpty();
      assertThatThrownBy(() -> open(file, "other"))
          .isInstanceOfSatisfying(
              SigningException.class,
              e -> assertThat(e.finding().orElseThrow().id()).isEqualTo("passphrase-wrong"));
    }
  }

  @Test
  void refusesProtectionThatEatsTheMemory() throws Exception {
    byte[] file = protect(TestKeys.ed25519(), Cipher.OCB, 10);
    int salt = indexOfArgon2(file);
    file[salt + 19] = 30;
    assertThatThrownBy(() -> open(file, PASSPHRASE))
        .isInstanceOfSatisfying(
            SigningException.class,
            e -> assertThat(e.finding().orElseThrow().id()).isEqualTo("key-protection"));
  }

  /** Where the S2K specifier begins: its number, the zero salt, one pass, four lanes. */
  private static int indexOfArgon2(byte[] file) {
    for (int i = 0; i + 19 < file.length; i++) {
      boolean salt = true;
      for (int j = 1; j <= 16; j++) {
        salt &= file[i + j] == 0;
      }
      if (file[i] == 4 && salt && file[i + 17] == 1 && file[i + 18] == 4) {
        return i;
      }
    }
    throw new AssertionError("no Argon2");
  }
}
