package org.qrepo.sign;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.qrepo.RefusedException;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Signable;
import org.qrepo.publish.SigningException;
import org.qrepo.publish.Verifier.Form;
import org.qrepo.publish.Verifier.Verdict;
import org.qrepo.sign.openpgp.Armor;
import org.qrepo.sign.openpgp.Packet;
import org.qrepo.sign.openpgp.SignaturePacket;

/** Damaged signatures and keys have typed outcomes only, and never a wrong "good". */
class FuzzTest {
  private static final long SEED = 20261121;
  private static final byte[] DATA = "data".getBytes(StandardCharsets.UTF_8);

  private final Random random = new Random(SEED);

  @Test
  void everyBitOfASignatureCounts() throws Exception {
    for (NewKey key : List.of(TestKeys.ed25519(), TestKeys.rsa2048())) {
      KeyringVerifier verifier = TestKeys.verifier(key);
      byte[] signature = TestKeys.signer(key).sign(TestKeys.signable("d", DATA));
      Digests digests = Digests.of(DATA, EnumSet.allOf(HashAlgorithm.class));
      for (int bit = 0; bit < 8 * signature.length; bit++) {
        byte[] damaged = signature.clone();
        damaged[bit / 8] ^= (byte) (1 << bit % 8);
        verifier.algorithms(damaged);
        Verdict verdict = verifier.verify("d", damaged, digests, Form.BINARY_OR_ARMORED);
        assertBadOrSameStatement(verdict, signature, damaged);
      }
    }
  }

  @Test
  void damagedSignaturesAreNeverGood() throws Exception {
    NewKey key = TestKeys.rsa2048();
    KeyringVerifier verifier = TestKeys.verifier(key);
    byte[] signature = TestKeys.signer(key).sign(TestKeys.signable("d", DATA));
    Digests digests = Digests.of(DATA, EnumSet.allOf(HashAlgorithm.class));
    for (int i = 0; i < 10_000; i++) {
      byte[] damaged = damage(signature);
      verifier.algorithms(damaged);
      Verdict verdict = verifier.verify("d", damaged, digests, Form.BINARY_OR_ARMORED);
      assertBadOrSameStatement(verdict, signature, damaged);
    }
  }

  @Test
  void damagedCertificatesNeverGrowRights() throws Exception {
    NewKey key = TestKeys.ed25519();
    byte[] certificate = binary(key.certificate(), Armor.Block.PUBLIC_KEY);
    byte[] signature = TestKeys.signer(key).sign(TestKeys.signable("d", DATA));
    Digests digests = Digests.of(DATA, Set.of());
    int read = 0;
    for (int i = 0; i < 10_000; i++) {
      try {
        Keyring keyring = Keyring.parse("damaged", damage(certificate));
        read++;
        KeyringVerifier verifier =
            new KeyringVerifier(keyring, Set.of(key.fingerprint()), InstantSource.system());
        assertThat(verifier.verify("d", signature, digests, Form.BINARY)).isNotNull();
        keyring.certificates().forEach(c -> c.export(InstantSource.system().instant()));
      } catch (RefusedException e) {
        assertThat(e.findings().get(0).id()).isEqualTo("keyring-unreadable");
      }
    }
    assertThat(read).isPositive();
  }

  @Test
  void damagedKeyFilesAreRefusedOrSignWell() throws Exception {
    damageKeyFile(TestKeys.ed25519(), 500);
    damageKeyFile(TestKeys.rsa2048(), 500);
  }

  /** Unlocking takes a tenth of a second each time. */
  @Test
  void damagedProtectedKeyFilesAreRefusedOrSignWell() throws Exception {
    damageKeyFile(TestKeys.ed25519(Optional.of("p".toCharArray()), Optional.empty()), 15);
  }

  private void damageKeyFile(NewKey key, int rounds) throws Exception {
    Signable data = TestKeys.signable("d", DATA);
    byte[] file =
        binary(new String(key.secretKey(), StandardCharsets.US_ASCII), Armor.Block.PRIVATE_KEY);
    int refused = 0;
    for (int i = 0; i < rounds; i++) {
      try {
        KeyFileSigner signer =
            SecretKeyFile.parse("damaged", damage(file))
                .signer(Optional.empty(), k -> "p".toCharArray(), InstantSource.system());
        byte[] signature = signer.sign(data);
        Verdict verdict =
            new KeyringVerifier(
                    Keyring.of(signer.publicCertificate()),
                    Set.of(signer.certificate()),
                    InstantSource.system())
                .verify("d", signature, data.digests(), Form.BINARY);
        assertThat(verdict).isInstanceOf(Verdict.Good.class);
      } catch (SigningException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(rounds / 3);
  }

  /** What is not under the signature may differ: a mark on the key id, the length of a number. */
  private static void assertBadOrSameStatement(Verdict verdict, byte[] signature, byte[] damaged)
      throws Exception {
    if (verdict instanceof Verdict.Good) {
      byte[] statement = SignaturePacket.parse(Crafted.body(signature)).trailer();
      for (Packet packet : Packet.readAll(damaged, SignatureFile.MOST_SIGNATURES)) {
        assertThat(SignaturePacket.parse(packet.body()).trailer()).isEqualTo(statement);
      }
    }
  }

  private static byte[] binary(String armored, Armor.Block block) throws Exception {
    return Armor.decode(armored.getBytes(StandardCharsets.US_ASCII), block, true);
  }

  /** Flips bits, cuts, repeats or overwrites. */
  private byte[] damage(byte[] bytes) {
    byte[] damaged = bytes.clone();
    switch (random.nextInt(5)) {
      case 0 -> {
        return Arrays.copyOf(damaged, random.nextInt(damaged.length + 8));
      }
      case 1 -> {
        return Crafted.join(damaged, damaged);
      }
      case 2 -> damaged[random.nextInt(Math.min(40, damaged.length))] = (byte) random.nextInt();
      default -> {
        for (int i = random.nextInt(3); i >= 0; i--) {
          damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
    }
    return damaged;
  }
}
