package org.qrepo.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.bcpg.AEADAlgorithmTags;
import org.bouncycastle.bcpg.BCPGOutputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PacketFormat;
import org.bouncycastle.bcpg.S2K;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.OCBBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
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
import org.qrepo.sign.openpgp.Armor;
import org.qrepo.sign.openpgp.Packet;
import org.qrepo.sign.openpgp.SecretKeyPacket;

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

  /** Who says how the key of OCB is made of the passphrase. */
  enum Draft {
    RFC9580,
    LIBREPGP
  }

  @ParameterizedTest
  @EnumSource
  void unlocksOcbWithAnIteratedPassphrase(Draft draft) throws Exception {
    for (int size : List.of(16, 24, 32)) {
      byte[] file = ocb(TestKeys.ed25519(), draft, size);
      assertThat(open(file, PASSPHRASE).sign(TestKeys.signable("d", new byte[3]))).isNotEmpty();
      assertThatThrownBy(() -> open(file, "other"))
          .isInstanceOfSatisfying(
              SigningException.class,
              e -> assertThat(e.finding().orElseThrow().id()).isEqualTo("passphrase-wrong"));
      byte[] broken = file.clone();
      broken[lengthOfSecretKey(file) - 1] ^= 1;
      assertThatThrownBy(() -> open(broken, PASSPHRASE)).isInstanceOf(SigningException.class);
    }
  }

  private static int lengthOfSecretKey(byte[] file) throws Exception {
    return Packet.readAll(file, 20).get(0).encoded().length;
  }

  /** The key with its secret half sealed anew, built from what the two documents say. */
  private static byte[] ocb(NewKey key, Draft draft, int keySize) throws Exception {
    byte[] binary = Armor.decode(key.secretKey(), Armor.Block.PRIVATE_KEY, true);
    List<Packet> packets = new ArrayList<>(Packet.readAll(binary, 20));
    byte[] body = packets.get(0).body();
    byte[] open = SecretKeyPacket.parse(packets.get(0)).publicHalf().body();
    byte[] numbers = Arrays.copyOfRange(body, open.length + 1, body.length - 2);
    byte cipher = (byte) (keySize == 16 ? 7 : keySize == 24 ? 8 : 9);
    byte[] salt = "saltsalt".getBytes(StandardCharsets.US_ASCII);
    byte[] secret = iterated(salt, keySize);
    if (draft == Draft.RFC9580) {
      secret = Arrays.copyOf(hkdf(secret, new byte[] {(byte) 0xC5, 4, cipher, 2}), keySize);
    }
    byte[] nonce = "fifteen octets!".getBytes(StandardCharsets.US_ASCII);
    OCBBlockCipher ocb = new OCBBlockCipher(AESEngine.newInstance(), AESEngine.newInstance());
    byte[] with = Crafted.join(new byte[] {(byte) 0xC5}, open);
    ocb.init(true, new AEADParameters(new KeyParameter(secret), 128, nonce, with));
    byte[] sealed = new byte[ocb.getOutputSize(numbers.length)];
    ocb.doFinal(sealed, ocb.processBytes(numbers, 0, numbers.length, sealed, 0));
    byte[] protection = {(byte) 253, cipher, 2, 3, 8};
    byte[] count = {0x60};
    packets.set(
        0,
        new Packet(Packet.SECRET_KEY, Crafted.join(open, protection, salt, count, nonce, sealed)));
    return Packet.encode(packets);
  }

  /** Salt and passphrase again and again, 65536 octets of them, through SHA-256. */
  private static byte[] iterated(byte[] salt, int size) throws Exception {
    byte[] once = Crafted.join(salt, PASSPHRASE.getBytes(StandardCharsets.UTF_8));
    byte[] all = new byte[65536];
    for (int i = 0; i < all.length; i++) {
      all[i] = once[i % once.length];
    }
    return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(all), size);
  }

  /** RFC 5869 with SHA-256, without a salt, for one block. */
  private static byte[] hkdf(byte[] secret, byte[] info) throws Exception {
    byte[] extracted = hmac(new byte[32], secret);
    return hmac(extracted, Crafted.join(info, new byte[] {1}));
  }

  private static byte[] hmac(byte[] key, byte[] data) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(data);
  }
}
