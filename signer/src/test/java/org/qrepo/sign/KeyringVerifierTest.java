package org.qrepo.sign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.Finding;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Verifier;
import org.qrepo.publish.Verifier.Form;
import org.qrepo.publish.Verifier.Verdict;
import org.qrepo.sign.openpgp.NewKeyPair;
import org.qrepo.sign.openpgp.Packet;
import org.qrepo.sign.openpgp.SignatureType;
import org.qrepo.sign.openpgp.Subpacket;

/** Each thing that can be wrong with a signature has its own finding. */
class KeyringVerifierTest {
  private static final byte[] DATA = "the bytes of a package\n".getBytes(UTF_8);
  private static final Instant NOW = TestKeys.now();
  private static final Instant IN_2020 = Instant.parse("2020-01-01T00:00:00Z");

  @TempDir static Path scratch;

  private static Gnupg gnupg;
  private static Fingerprint key;
  private static Keyring keyring;
  private static byte[] good;
  private static Path file;

  @BeforeAll
  static void makeKeys() throws Exception {
    gnupg = Gnupg.inTemporaryHome();
    key = gnupg.generate("Real <real@example.org>", "ed25519", "cert,sign", "never", "");
    keyring = Keyring.parse("gpg", gnupg.export(key));
    file = Files.write(scratch.resolve("data"), DATA);
    good = gnupg.sign(file, "-u", key.hex());
  }

  @AfterAll
  static void close() {
    if (gnupg != null) {
      gnupg.close();
    }
  }

  private static Verdict verify(Keyring keyring, Fingerprint allowed, byte[] signature) {
    return verify(keyring, allowed, signature, DATA, Form.BINARY);
  }

  private static Verdict verify(
      Keyring keyring, Fingerprint allowed, byte[] signature, byte[] data, Form form) {
    KeyringVerifier verifier =
        new KeyringVerifier(keyring, Set.of(allowed), InstantSource.fixed(NOW.plusSeconds(1)));
    Digests digests = Digests.of(data, EnumSet.allOf(HashAlgorithm.class));
    return verifier.verify("p-1-1-any.pkg.tar.zst", signature, digests, form);
  }

  private static Finding refused(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Bad.class);
    Finding finding = ((Verdict.Bad) verdict).finding();
    assertThat(finding.subject()).isEqualTo("p-1-1-any.pkg.tar.zst");
    assertThat(finding.details()).isNotEmpty();
    return finding;
  }

  private static void assertRefused(byte[] signature, String id) {
    assertThat(refused(verify(keyring, key, signature)).id()).isEqualTo(id);
  }

  private static void assertGood(Verdict verdict, Fingerprint certificate) {
    assertThat(verdict).isInstanceOf(Verdict.Good.class);
    assertThat(((Verdict.Good) verdict).certificate()).isEqualTo(certificate);
  }

  @Test
  void acceptsWhatIsRight() {
    assertGood(verify(keyring, key, good), key);
    assertThat(((Verdict.Good) verify(keyring, key, good)).created())
        .isBetween(NOW.minus(Duration.ofMinutes(5)), Instant.now());
  }

  @Test
  void refusesOtherBytes() {
    byte[] changed = DATA.clone();
    changed[3] ^= 1;
    Finding finding = refused(verify(keyring, key, good, changed, Form.BINARY));
    assertThat(finding.id()).isEqualTo("signature-bad");
    assertThat(finding.details())
        .contains(
            "pacman will say: error: p: signature from \"Real <real@example.org>\" is invalid");
  }

  @Test
  void refusesNothing() {
    assertRefused(new byte[0], "signature-empty");
  }

  @Test
  void refusesTooLarge() {
    byte[] large = new byte[Verifier.MAX_SIGNATURE + 1];
    System.arraycopy(good, 0, large, 0, good.length);
    assertRefused(large, "signature-too-large");
    assertThat(TestKeys.verifier().algorithms(large)).isEmpty();
  }

  @Test
  void takesArmorOnlyWhereClientsDo() {
    byte[] armored = gnupg.sign(file, "-u", key.hex(), "--armor");
    assertRefused(armored, "signature-armored");
    assertGood(verify(keyring, key, armored, DATA, Form.BINARY_OR_ARMORED), key);
    byte[] crlf = new String(armored, UTF_8).replace("\n", "\r\n").getBytes(UTF_8);
    assertGood(verify(keyring, key, crlf, DATA, Form.BINARY_OR_ARMORED), key);
  }

  static Stream<Arguments> damages() {
    String begin = "-----BEGIN PGP SIGNATURE-----";
    String end = "-----END PGP SIGNATURE-----";
    return Stream.of(
        Arguments.of(begin, "-----BEGIN PGP SIGNATUR-----"),
        Arguments.of(begin, "x\n" + begin),
        Arguments.of(end, "-----END PGP"),
        Arguments.of(end, end + "\nx"),
        Arguments.of("\n\n", "\n\n*"),
        Arguments.of("\n=", "\n=AAAA\n="));
  }

  @ParameterizedTest
  @MethodSource("damages")
  void refusesDamagedArmor(String from, String to) {
    String armored = new String(gnupg.sign(file, "-u", key.hex(), "--armor"), UTF_8);
    byte[] damaged = armored.replace(from, to).getBytes(UTF_8);
    assertThat(refused(verify(keyring, key, damaged, DATA, Form.BINARY_OR_ARMORED)).id())
        .matches("signature-armor-(damaged|loose)");
  }

  @Test
  void refusesTwoArmoredBlocks() {
    byte[] armored = gnupg.sign(file, "-u", key.hex(), "--armor");
    byte[] twice = Crafted.join(armored, armored);
    assertThat(refused(verify(keyring, key, twice, DATA, Form.BINARY_OR_ARMORED)).id())
        .matches("signature-armor-(damaged|loose)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"<!DOCTYPE html><html>404</html>", "x", "\n", "\u00a4\u00a4"})
  void refusesWhatIsNoSignature(String text) {
    Finding finding =
        refused(verify(keyring, key, text.getBytes(UTF_8), DATA, Form.BINARY_OR_ARMORED));
    assertThat(finding.id()).isIn("signature-not-openpgp", "signature-truncated");
  }

  @Test
  void refusesOtherOpenPgp() {
    assertRefused(gnupg.export(key), "signature-not-openpgp");
    assertRefused(
        new Packet(Packet.USER_ID, "x".getBytes(UTF_8)).encoded(), "signature-not-openpgp");
  }

  @Test
  void wantsEverySignatureGood() {
    byte[] other = Crafted.detached(Crafted.pair(NOW), NOW, DATA);
    byte[] again = gnupg.sign(file, "-u", key.hex());
    assertGood(verify(keyring, key, Crafted.join(good, again)), key);
    assertThat(refused(verify(keyring, key, Crafted.join(good, other))).id())
        .isEqualTo("key-unknown");
    assertThat(refused(verify(keyring, key, Crafted.join(other, good))).id())
        .isEqualTo("key-unknown");
    assertThat(refused(verify(keyring, key, Crafted.join(good, good, good, good, good))).id())
        .isEqualTo("signature-too-many");
  }

  @Test
  void refusesBytesAfterTheSignature() {
    assertRefused(Crafted.join(good, new byte[] {0}), "signature-trailing-bytes");
    assertRefused(Crafted.join(good, "\n".getBytes(UTF_8)), "signature-trailing-bytes");
    byte[] packet = new Packet(Packet.USER_ID, new byte[] {1}).encoded();
    assertRefused(Crafted.join(good, packet), "signature-trailing-bytes");
  }

  @Test
  void refusesTruncatedSignatures() {
    for (int length = 1; length < good.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(good, length);
      assertRefused(cut, "signature-truncated");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, signature-version",
    "2, signature-old-version",
    "3, signature-old-version",
    "5, signature-version",
    "6, signature-version"
  })
  void refusesOtherVersions(int version, String id) {
    byte[] body = Crafted.body(good);
    body[0] = (byte) version;
    assertRefused(new Packet(Packet.SIGNATURE, body).encoded(), id);
  }

  @Test
  void refusesTextSignatures() {
    assertRefused(gnupg.sign(file, "-u", key.hex(), "--textmode"), "signature-text");
    NewKeyPair pair = Crafted.pair(NOW);
    Certificate certificate = Crafted.certificate(pair, Crafted.SIGN);
    byte[] standalone =
        Crafted.sign(Crafted.draft(pair, SignatureType.POSITIVE_CERTIFICATION), pair, DATA)
            .encoded();
    assertThat(refused(verify(Keyring.of(certificate), certificate.fingerprint(), standalone)).id())
        .isEqualTo("signature-type");
  }

  @Test
  void refusesOpenLengths() {
    byte[] body = Crafted.body(good);
    byte[] pieces =
        Crafted.join(
            new byte[] {(byte) 0xC2, (byte) 0xE5},
            java.util.Arrays.copyOf(body, 32),
            new byte[] {(byte) (body.length - 32)},
            java.util.Arrays.copyOfRange(body, 32, body.length));
    assertRefused(pieces, "signature-open-length");
    assertRefused(Crafted.join(new byte[] {(byte) 0x8B}, body), "signature-open-length");
  }

  @Test
  void readsBothHeaderFormats() {
    byte[] body = Crafted.body(good);
    byte[] length = {(byte) 0xC2, (byte) 0xFF, 0, 0, 0, (byte) body.length};
    assertGood(verify(keyring, key, Crafted.join(length, body)), key);
    byte[] old = {(byte) 0x8A, 0, 0, 0, (byte) body.length};
    assertGood(verify(keyring, key, Crafted.join(old, body)), key);
  }

  @ParameterizedTest
  @CsvSource({
    "SHA1, signature-weak-hash",
    "MD5, signature-broken-hash",
    "RIPEMD160, signature-weak-hash"
  })
  void refusesHashes(String algorithm, String id) {
    byte[] signature =
        gnupg.sign(file, "-u", key.hex(), "--allow-weak-digest-algos", "--digest-algo", algorithm);
    assertRefused(signature, id);
    assertThat(TestKeys.verifier().algorithms(signature)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHA224", "SHA256", "SHA384", "SHA512"})
  void acceptsHashes(String algorithm) {
    byte[] signature = gnupg.sign(file, "-u", key.hex(), "--digest-algo", algorithm);
    assertThat(TestKeys.verifier().algorithms(signature))
        .containsExactly(HashAlgorithm.valueOf(algorithm));
    assertGood(verify(keyring, key, signature), key);
  }

  @Test
  void wantsTheDigestsItAskedFor() {
    byte[] signature = gnupg.sign(file, "-u", key.hex(), "--digest-algo", "SHA512");
    KeyringVerifier verifier = new KeyringVerifier(keyring, Set.of(key), InstantSource.system());
    assertThatThrownBy(() -> verifier.verify("p", signature, new Digests(), Form.BINARY))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesUnknownKeys() {
    NewKeyPair stranger = Crafted.pair(NOW);
    Finding finding = refused(verify(keyring, key, Crafted.detached(stranger, NOW, DATA)));
    assertThat(finding.id()).isEqualTo("key-unknown");
    assertThat(finding.reason()).contains(stranger.publicHalf().fingerprint().hex());
  }

  @Test
  void refusesKeysThatAreNotAllowed() {
    NewKey other = TestKeys.ed25519();
    Keyring both = keyring.with(TestKeys.keyring(other));
    byte[] signature = TestKeys.signer(other).sign(TestKeys.signable("x", DATA));
    assertThat(refused(verify(both, key, signature)).id()).isEqualTo("key-not-allowed");
    assertGood(verify(both, other.fingerprint(), signature), other.fingerprint());
  }

  @Test
  void allowsASubkeyAlone() {
    Fingerprint primary =
        gnupg.generate("Sub <sub@example.org>", "ed25519", "cert,sign", "never", "");
    Fingerprint subkey = gnupg.addSubkey(primary, "ed25519", "sign", "never", "");
    Keyring ring = Keyring.parse("gpg", gnupg.export(primary));
    byte[] bySubkey = gnupg.sign(file, "-u", subkey.hex() + "!");
    byte[] byPrimary = gnupg.sign(file, "-u", primary.hex() + "!");
    assertGood(verify(ring, primary, bySubkey), primary);
    assertGood(verify(ring, subkey, bySubkey), primary);
    assertGood(verify(ring, primary, byPrimary), primary);
    assertThat(refused(verify(ring, subkey, byPrimary)).id()).isEqualTo("key-not-allowed");

    gnupg.revokeSubkey(primary, 1);
    Keyring revoked = Keyring.parse("gpg", gnupg.export(primary));
    assertThat(refused(verify(revoked, primary, bySubkey)).id()).isEqualTo("key-revoked");
    assertGood(verify(revoked, primary, byPrimary), primary);
  }

  @Test
  void refusesRevokedKeys() {
    Fingerprint revoked =
        gnupg.generate("Revoked <r@example.org>", "ed25519", "cert,sign", "never", "");
    byte[] signature = gnupg.sign(file, "-u", revoked.hex());
    Keyring before = Keyring.parse("gpg", gnupg.export(revoked));
    byte[] revocation = gnupg.revocation(revoked);
    gnupg.importKeys(revocation);
    Keyring after = Keyring.parse("gpg", gnupg.export(revoked));
    assertGood(verify(before, revoked, signature), revoked);
    assertThat(refused(verify(after, revoked, signature)).id()).isEqualTo("key-revoked");
    assertThat(after.certificates().get(0).revoked()).isTrue();
    assertThat(refused(verify(before.with(after), revoked, signature)).id())
        .isEqualTo("key-revoked");
    assertThat(refused(verify(after.with(before), revoked, signature)).id())
        .isEqualTo("key-revoked");
  }

  @Test
  void refusesExpiredKeys() {
    String[] then = {Gnupg.at(IN_2020)};
    Fingerprint expired =
        gnupg.generate("Old <old@example.org>", "ed25519", "cert,sign", "100d", "", then);
    byte[] signature = gnupg.sign(file, "-u", expired.hex(), Gnupg.at(IN_2020.plusSeconds(99)));
    Keyring ring = Keyring.parse("gpg", gnupg.export(expired));
    Finding finding = refused(verify(ring, expired, signature));
    assertThat(finding.id()).isEqualTo("key-expired");
    assertThat(finding.reason()).contains("2020-04-1");
    KeyringVerifier inTime =
        new KeyringVerifier(
            ring, Set.of(expired), InstantSource.fixed(IN_2020.plus(Duration.ofDays(50))));
    assertGood(
        inTime.verify("p", signature, Digests.of(DATA, inTime.algorithms(signature)), Form.BINARY),
        expired);
  }

  @Test
  void refusesSignaturesMadeAfterExpiry() {
    Fingerprint shortened =
        gnupg.generate(
            "Short <s@example.org>", "ed25519", "cert,sign", "never", "", Gnupg.at(IN_2020));
    byte[] signature =
        gnupg.sign(file, "-u", shortened.hex(), Gnupg.at(IN_2020.plus(Duration.ofDays(90))));
    Instant later = IN_2020.plus(Duration.ofDays(10));
    gnupg.run(Gnupg.at(later), "--quick-set-expire", shortened.hex(), "10d").ok();
    Keyring ring = Keyring.parse("gpg", gnupg.export(shortened));
    assertThat(refused(verify(ring, shortened, signature)).id())
        .isEqualTo("key-expired-at-signing");
  }

  @Test
  void refusesSignaturesOlderThanTheirKey() {
    NewKeyPair pair = Crafted.pair(NOW);
    Keyring ring = Keyring.of(Crafted.certificate(pair, Crafted.SIGN));
    Fingerprint owner = pair.publicHalf().fingerprint();
    byte[] signature = Crafted.detached(pair, NOW.minusSeconds(1), DATA);
    assertThat(refused(verify(ring, owner, signature)).id()).isEqualTo("key-newer-than-signature");
    assertGood(verify(ring, owner, Crafted.detached(pair, NOW, DATA)), owner);
  }

  @Test
  void refusesKeysThatAreNotForSigning() {
    NewKeyPair pair = Crafted.pair(NOW);
    Keyring ring = Keyring.of(Crafted.certificate(pair, Crafted.CERTIFY));
    byte[] signature = Crafted.detached(pair, NOW, DATA);
    assertThat(refused(verify(ring, pair.publicHalf().fingerprint(), signature)).id())
        .isEqualTo("key-not-signing");
  }

  @Test
  void refusesSubkeysThatDoNotBelong() {
    NewKeyPair primary = Crafted.pair(NOW);
    NewKeyPair subkey = Crafted.pair(NOW);
    NewKeyPair stranger = Crafted.pair(NOW);
    Packet part = Crafted.subkey(subkey);
    byte[] signature = Crafted.detached(subkey, NOW, DATA);
    Subpacket consent = Crafted.consent(primary, subkey, subkey);
    Subpacket forged = Crafted.consent(primary, subkey, stranger);
    Fingerprint owner = primary.publicHalf().fingerprint();

    Certificate whole =
        Crafted.certificate(
            primary, Crafted.CERTIFY, part, Crafted.binding(primary, subkey, consent));
    assertGood(verify(Keyring.of(whole), owner, signature), owner);
    for (Certificate broken :
        new Certificate[] {
          Crafted.certificate(primary, Crafted.CERTIFY, part),
          Crafted.certificate(
              primary, Crafted.CERTIFY, part, Crafted.binding(stranger, subkey, consent)),
          Crafted.certificate(
              primary, Crafted.CERTIFY, part, Crafted.binding(primary, stranger, consent)),
        }) {
      assertThat(refused(verify(Keyring.of(broken), owner, signature)).id())
          .isEqualTo("key-not-bound");
    }
    for (Packet binding :
        List.of(Crafted.binding(primary, subkey), Crafted.binding(primary, subkey, forged))) {
      Certificate adopted = Crafted.certificate(primary, Crafted.CERTIFY, part, binding);
      assertThat(refused(verify(Keyring.of(adopted), owner, signature)).id())
          .isEqualTo("key-not-cross-certified");
    }
  }

  @Test
  void refusesCertificatesWithoutTheirOwnWord() {
    NewKeyPair primary = Crafted.pair(NOW);
    NewKeyPair stranger = Crafted.pair(NOW);
    byte[] packets =
        Crafted.join(
            new Packet(Packet.PUBLIC_KEY, primary.publicHalf().body()).encoded(),
            Packet.encode(Crafted.identity(stranger, Crafted.SIGN)));
    Keyring ring = Keyring.parse("crafted", packets);
    assertThat(ring.certificates().get(0).userIds(NOW)).isEmpty();
    byte[] signature = Crafted.detached(primary, NOW, DATA);
    assertThat(refused(verify(ring, primary.publicHalf().fingerprint(), signature)).id())
        .isEqualTo("key-not-bound");
  }

  @Test
  void refusesWeakKeys() {
    Fingerprint weak = gnupg.generate("Weak <w@example.org>", "rsa1024", "cert,sign", "never", "");
    Keyring ring = Keyring.parse("gpg", gnupg.export(weak));
    assertThat(refused(verify(ring, weak, gnupg.sign(file, "-u", weak.hex()))).id())
        .isEqualTo("key-weak");
  }

  @Test
  void testsSignaturesOfDsaKeys() {
    Fingerprint dsa = gnupg.generate("Dsa <d@example.org>", "dsa2048", "cert,sign", "never", "");
    Keyring ring = Keyring.parse("gpg", gnupg.export(dsa));
    byte[] signature = gnupg.sign(file, "-u", dsa.hex(), "--digest-algo", "SHA256");
    assertGood(verify(ring, dsa, signature), dsa);
    byte[] changed = DATA.clone();
    changed[0] ^= 1;
    assertThat(refused(verify(ring, dsa, signature, changed, Form.BINARY)).id())
        .isEqualTo("signature-bad");
  }

  @Test
  void refusesTheFuture() {
    byte[] signature = gnupg.sign(file, "-u", key.hex(), Gnupg.at(NOW.plus(Duration.ofHours(2))));
    assertRefused(signature, "signature-from-future");
  }

  @Test
  void refusesExpiredSignatures() {
    Fingerprint old =
        gnupg.generate(
            "Sigs <sigs@example.org>", "ed25519", "cert,sign", "never", "", Gnupg.at(IN_2020));
    byte[] signature =
        gnupg.sign(file, "-u", old.hex(), "--default-sig-expire", "1d", Gnupg.at(IN_2020));
    Keyring ring = Keyring.parse("gpg", gnupg.export(old));
    assertThat(refused(verify(ring, old, signature)).id()).isEqualTo("signature-expired");
  }

  @Test
  void refusesUnknownCriticalStatements() {
    byte[] notation = gnupg.sign(file, "-u", key.hex(), "--sig-notation", "!a@example.org=b");
    assertRefused(notation, "signature-critical-subpacket");
    byte[] harmless = gnupg.sign(file, "-u", key.hex(), "--sig-notation", "a@example.org=b");
    assertGood(verify(keyring, key, harmless), key);
    NewKeyPair pair = Crafted.pair(NOW);
    Keyring ring = Keyring.of(Crafted.certificate(pair, Crafted.SIGN));
    byte[] unknown = Crafted.detached(pair, NOW, DATA, new Subpacket(101, true, new byte[1]));
    assertThat(refused(verify(ring, pair.publicHalf().fingerprint(), unknown)).id())
        .isEqualTo("signature-critical-subpacket");
  }

  @Test
  void wantsTheIssuerKeyId() {
    assertRefused(Crafted.withUnhashed(good, new byte[0]), "signature-issuer-missing");
  }

  @Test
  void refusesContradictoryIssuers() {
    NewKey other = TestKeys.ed25519();
    byte[] id = HexFormat.of().parseHex("0910" + other.fingerprint().hex().substring(24));
    byte[] signature = Crafted.withUnhashed(good, id);
    Keyring both = keyring.with(TestKeys.keyring(other));
    assertThat(refused(verify(both, key, signature)).id()).isEqualTo("signature-issuer-mismatch");
    assertRefused(signature, "signature-issuer-mismatch");
  }

  @Test
  void refusesSignaturesWithoutATime() {
    NewKeyPair pair = Crafted.pair(NOW);
    byte[] id = HexFormat.of().parseHex("0910" + pair.publicHalf().keyId());
    byte[] body =
        Crafted.join(
            new byte[] {4, 0, 22, 8, 0, 0, 0, 10}, id, new byte[] {0, 0, 0, 1, 1, 0, 1, 1});
    assertRefused(new Packet(Packet.SIGNATURE, body).encoded(), "signature-without-time");
  }
}
