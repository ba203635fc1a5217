package org.qrepo.sign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.RefusedException;
import org.qrepo.publish.Fingerprint;
import org.qrepo.sign.openpgp.NewKeyPair;
import org.qrepo.sign.openpgp.Packet;

/** What we know of a certificate is what gpg lists, and what we export gpg takes. */
class CertificateTest {
  private static final Instant NOW = TestKeys.now().plusSeconds(60);
  private static final Instant IN_2020 = Instant.parse("2020-01-01T00:00:00Z");

  private static Gnupg gnupg;

  @TempDir Path scratch;

  @BeforeAll
  static void open() {
    gnupg = Gnupg.inTemporaryHome();
  }

  @AfterAll
  static void close() {
    if (gnupg != null) {
      gnupg.close();
    }
  }

  private static Certificate read(Fingerprint key) {
    return Keyring.parse("gpg", gnupg.export(key)).find(key).orElseThrow();
  }

  @Test
  void knowsWhatGpgKnows() {
    Fingerprint key =
        gnupg.generate(
            "First <f@example.org>", "rsa2048", "cert,sign", "never", "", Gnupg.at(IN_2020));
    gnupg.run("--quick-add-uid", key.hex(), "Second <s@example.org>").ok();
    gnupg.run("--quick-add-uid", key.hex(), "Third <t@example.org>").ok();
    gnupg.run("--quick-revoke-uid", key.hex(), "Third <t@example.org>").ok();
    gnupg.run("--quick-set-primary-uid", key.hex(), "First <f@example.org>").ok();
    gnupg.run("--quick-set-expire", key.hex(), "2099-01-01").ok();
    gnupg.addSubkey(key, "ed25519", "sign", "2098-01-01", "");
    gnupg.addSubkey(key, "cv25519", "encr", "never", "");
    Certificate certificate = read(key);
    assertThat(certificate.userIds(NOW))
        .containsExactly("First <f@example.org>", "Second <s@example.org>");
    assertThat(certificate.algorithm()).isEqualTo("rsa2048");
    assertThat(certificate.bits()).isEqualTo(2048);
    assertThat(certificate.created()).isEqualTo(IN_2020);
    String listing = gnupg.run("-k", "--with-colons", key.hex()).ok().text();
    long expires =
        listing
            .lines()
            .filter(l -> l.startsWith("pub:"))
            .mapToLong(l -> Long.parseLong(l.split(":", -1)[6]))
            .findFirst()
            .orElseThrow();
    assertThat(certificate.expires(NOW)).contains(Instant.ofEpochSecond(expires));
    assertThat(certificate.keys(NOW).stream().map(CertifiedKey::algorithm).toList())
        .containsExactly("rsa2048", "ed25519", "ecdh");
    assertThat(certificate.signingKeys(NOW).stream().map(CertifiedKey::algorithm).toList())
        .containsExactly("rsa2048", "ed25519");
    assertThat(certificate.keys(NOW).get(1).expires().orElseThrow())
        .isBefore(Instant.ofEpochSecond(expires));
    assertThat(certificate.keys(NOW).get(2).expires()).contains(Instant.ofEpochSecond(expires));
    assertThat(certificate.description(NOW)).contains("First", key.grouped());
  }

  @Test
  void exportsWhatGpgTakes() throws Exception {
    Fingerprint key = gnupg.generate("Export <x@example.org>", "ed25519", "cert,sign", "2y", "");
    Fingerprint subkey = gnupg.addSubkey(key, "ed25519", "sign", "1y", "");
    Fingerprint friend =
        gnupg.generate("Friend <fr@example.org>", "ed25519", "cert,sign", "2y", "");
    gnupg.run("-u", friend.hex(), "--quick-sign-key", key.hex()).ok();
    Certificate certificate = read(key);
    assertThat(certificate.export(NOW).length).isLessThan(gnupg.export(key).length);
    Path file = Files.write(scratch.resolve("f"), "x".getBytes(UTF_8));
    byte[] signature = gnupg.sign(file, "-u", subkey.hex() + "!");
    for (byte[] exported :
        List.of(certificate.export(NOW), certificate.armored(NOW).getBytes(UTF_8))) {
      try (Gnupg other = Gnupg.inTemporaryHome()) {
        other.importKeys(exported);
        assertThat(other.verify(signature, "x".getBytes(UTF_8)).ok().text())
            .contains("VALIDSIG " + subkey);
        assertThat(other.export(key)).isEqualTo(certificate.export(NOW));
      }
    }
    Certificate again = Keyring.parse("x", certificate.export(NOW)).find(key).orElseThrow();
    assertThat(again.keys(NOW)).hasSize(2);
    assertThat(again.export(NOW)).isEqualTo(certificate.export(NOW));
  }

  @Test
  void exportsRevocations() {
    Fingerprint key = gnupg.generate("Gone <g@example.org>", "ed25519", "cert,sign", "2y", "");
    gnupg.addSubkey(key, "ed25519", "sign", "1y", "");
    gnupg.revokeSubkey(key, 1);
    gnupg.importKeys(gnupg.revocation(key));
    try (Gnupg other = Gnupg.inTemporaryHome()) {
      other.importKeys(read(key).export(NOW));
      assertThat(other.run("-k", "--with-colons").ok().text()).contains("pub:r:", "sub:r:");
    }
  }

  @Test
  void escapesUserIds() {
    NewKeyPair pair = Crafted.pair(NOW);
    byte[] name = "evil\u001b[2J\n\u202e\u00e9".getBytes(UTF_8);
    byte[] packets =
        Crafted.join(
            new Packet(Packet.PUBLIC_KEY, pair.publicHalf().body()).encoded(),
            Packet.encode(Crafted.identity(pair, Crafted.SIGN, name)));
    assertThat(Keyring.parse("evil", packets).certificates().get(0).userIds(NOW))
        .containsExactly("evil\\x1b[2J\\x0a\\u202e\u00e9");
  }

  @Test
  void readsManyKeysAndFindsThem() throws Exception {
    NewKey one = TestKeys.ed25519();
    NewKey two = TestKeys.rsa2048();
    Path file =
        Files.writeString(scratch.resolve("keys.asc"), one.certificate() + two.certificate());
    Keyring keyring = Keyring.read(file);
    assertThat(keyring.certificates()).hasSize(2);
    assertThat(keyring.find(two.fingerprint()).orElseThrow().algorithm()).isEqualTo("rsa2048");
    assertThat(keyring.find(TestKeys.ed25519().fingerprint())).isEmpty();
    assertThat(keyring.with(keyring).certificates()).hasSize(2);
    Keyring fromSecret = Keyring.parse("secret", one.secretKey());
    assertThat(fromSecret.certificates().get(0).armored(NOW)).isEqualTo(one.certificate());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "hello", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n", "\u0099\u0001"})
  void refusesWhatIsNoKeyring(String text) {
    assertThatThrownBy(
            () -> Keyring.parse("k", text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.findings().get(0).id()).isEqualTo("keyring-unreadable"));
  }

  @Test
  void passesOverKeysOfOtherVersions() {
    NewKey good = TestKeys.ed25519();
    byte[] body = new byte[40];
    body[0] = 6;
    byte[] both =
        Crafted.join(
            new Packet(Packet.PUBLIC_KEY, body).encoded(),
            new Packet(Packet.USER_ID, new byte[] {'x'}).encoded(),
            TestKeys.certificate(good).export(NOW));
    assertThat(Keyring.parse("k", both).certificates()).hasSize(1);
    assertThatThrownBy(() -> Keyring.parse("k", new Packet(Packet.PUBLIC_KEY, body).encoded()))
        .hasMessageContaining("version 6");
  }

  @Test
  void theNewestStatementCounts() {
    Fingerprint key =
        gnupg.generate(
            "Twice <tw@example.org>", "ed25519", "cert,sign", "30d", "", Gnupg.at(IN_2020));
    Instant later = IN_2020.plus(Duration.ofDays(20));
    gnupg.run(Gnupg.at(later), "--quick-set-expire", key.hex(), "60d").ok();
    Certificate certificate = read(key);
    assertThat(certificate.expires(NOW).orElseThrow())
        .isBetween(later.plus(Duration.ofDays(59)), later.plus(Duration.ofDays(62)));
  }
}
