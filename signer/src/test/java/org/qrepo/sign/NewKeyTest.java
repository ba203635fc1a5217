package org.qrepo.sign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that we make are keys to gpg and to pacman-key. */
class NewKeyTest {
  private static final Instant NOW = TestKeys.now();
  private static final UserId OWNER = new UserId("Jörg Publisher <j@example.org>");
  private static final byte[] DATA = "data".getBytes(UTF_8);

  @ParameterizedTest
  @EnumSource(KeyAlgorithm.class)
  void gpgTakesTheCertificate(KeyAlgorithm algorithm) {
    Instant expiry = NOW.plus(Duration.ofDays(365));
    NewKey key = NewKey.generate(OWNER, algorithm, Optional.empty(), Optional.of(expiry), NOW);
    try (Gnupg gnupg = Gnupg.inTemporaryHome()) {
      gnupg.importKeys(key.certificate().getBytes(UTF_8));
      String listing = gnupg.run("--with-colons", "--check-sigs").ok().text();
      assertThat(listing)
          .contains("fpr:::::::::" + key.fingerprint())
          .contains(":" + expiry.getEpochSecond() + "::")
          .contains(OWNER.text())
          .contains("sig:!:")
          .doesNotContain("sig:-:");
      assertThat(listing.lines().filter(l -> l.startsWith("pub:")).findFirst().orElseThrow())
          .endsWith(
              algorithm == KeyAlgorithm.ED25519 ? "scSC:::::ed25519:::0:" : "scSC::::::23::0:");
      byte[] signature = TestKeys.signer(key).sign(TestKeys.signable("data", DATA));
      assertThat(gnupg.verify(signature, DATA).ok().text()).contains("GOODSIG");

      gnupg.importKeys(key.revocation().getBytes(UTF_8));
      assertThat(gnupg.run("-k", "--with-colons").ok().text()).contains("pub:r:");
      assertThat(gnupg.verify(signature, DATA).text()).contains("REVKEYSIG");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "pässwörd ключ 鍵"})
  void gpgTakesTheSecretKey(String passphrase) throws Exception {
    Optional<char[]> protection =
        passphrase.isEmpty() ? Optional.empty() : Optional.of(passphrase.toCharArray());
    NewKey key = NewKey.generate(OWNER, KeyAlgorithm.ED25519, protection, Optional.empty(), NOW);
    try (Gnupg gnupg = Gnupg.inTemporaryHome()) {
      gnupg.run(key.secretKey(), "--passphrase", passphrase, "--import").ok();
      Path file = Files.write(gnupg.home().resolve("f"), DATA);
      byte[] signature = gnupg.sign(file, "--passphrase", passphrase);
      assertThat(gnupg.verify(signature, DATA).ok().text())
          .contains("VALIDSIG " + key.fingerprint());
    }
    KeyFileSigner signer =
        SecretKeyFile.parse("new", key.secretKey())
            .signer(Optional.empty(), asked -> passphrase.toCharArray(), InstantSource.system());
    assertThat(signer.certificate()).isEqualTo(key.fingerprint());
  }

  @Test
  void pacmanKeyTakesTheCertificate(@TempDir Path scratch) throws Exception {
    Programs.need("pacman-key", "gpgconf");
    NewKey key = TestKeys.ed25519();
    Path file = Files.writeString(scratch.resolve("k.asc"), key.certificate());
    try (Gnupg gnupg = Gnupg.inTemporaryHome()) {
      String dir = gnupg.home().toString();
      for (List<String> arguments :
          List.of(
              List.of("--init"),
              List.of("--add", file.toString()),
              List.of("--lsign-key", key.fingerprint().hex()))) {
        List<String> command = new java.util.ArrayList<>(List.of("pacman-key", "--gpgdir", dir));
        command.addAll(arguments);
        Programs.run(Map.of(), new byte[0], command).ok();
      }
      Path data = Files.write(scratch.resolve("d"), DATA);
      byte[] signature = TestKeys.signer(key).sign(TestKeys.signable("d", DATA));
      Path sig = Files.write(scratch.resolve("d.sig"), signature);
      Programs.Result said =
          Programs.run("pacman-key", "--gpgdir", dir, "--verify", sig.toString(), data.toString());
      assertThat(said.ok().text()).contains("full");
    }
  }

  @Test
  void writesWhatItReads() {
    Instant expiry = NOW.plus(Duration.ofDays(2));
    NewKey key =
        NewKey.generate(OWNER, KeyAlgorithm.ED25519, Optional.empty(), Optional.of(expiry), NOW);
    Certificate certificate = TestKeys.certificate(key);
    assertThat(certificate.fingerprint()).isEqualTo(key.fingerprint());
    assertThat(certificate.created()).isEqualTo(NOW);
    assertThat(certificate.expires(NOW)).contains(expiry);
    assertThat(certificate.userIds(NOW)).containsExactly(OWNER.text());
    assertThat(certificate.algorithm()).isEqualTo("ed25519");
    assertThat(certificate.revoked()).isFalse();
    assertThat(certificate.signingKeys(NOW)).hasSize(1);
    assertThat(certificate.signingKeys(expiry)).isEmpty();
    assertThat(certificate.armored(NOW)).isEqualTo(key.certificate());
    Keyring revoked = Keyring.parse("both", (key.certificate() + key.revocation()).getBytes(UTF_8));
    assertThat(revoked.certificates().get(0).revoked()).isTrue();
    assertThat(revoked.certificates().get(0).signingKeys(NOW)).isEmpty();
  }

  @Test
  void refusesExpiriesThatCannotBe() {
    for (Instant expiry : List.of(NOW, NOW.minusSeconds(1), NOW.plus(Duration.ofDays(60_000)))) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  NewKey.generate(
                      OWNER, KeyAlgorithm.ED25519, Optional.empty(), Optional.of(expiry), NOW));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Name",
        "<m@example.org>",
        "Name <m>",
        "Name <m@e> x",
        "Na\nme <m@example.org>",
        "Na\u202eme <m@example.org>",
        "Name  <m@example .org>",
        " Name <m@example.org>",
        "Na<me <m@example.org>",
        "N\u0000 <m@example.org>",
        "Name <m@@example.org>"
      })
  void refusesUserIds(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new UserId(text))
        .withMessageNotContaining("\n");
  }

  @Test
  void refusesLongUserIds() {
    String longest = "N".repeat(255 - 16) + " <m@example.org>";
    assertThat(new UserId(longest).text()).hasSize(255);
    assertThatIllegalArgumentException().isThrownBy(() -> new UserId("N" + longest));
  }
}
