package org.qrepo.sign;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Fingerprint;
import org.qrepo.sign.Certification.Standing;
import org.qrepo.sign.openpgp.KeySignature;
import org.qrepo.sign.openpgp.NewKeyPair;
import org.qrepo.sign.openpgp.Packet;
import org.qrepo.sign.openpgp.SignaturePacket;
import org.qrepo.sign.openpgp.SignatureType;
import org.qrepo.sign.openpgp.Subpacket;

class CertificationTest {
  private static final byte BOTH = Crafted.CERTIFY | Crafted.SIGN;

  private final Instant now = TestKeys.now();
  private final Instant born = now.minus(Duration.ofDays(1000));
  private final NewKeyPair master = Crafted.pair(born);
  private final NewKeyPair developer = Crafted.pair(born);
  private final Certificate by = Crafted.certificate(master, BOTH);

  /** A word of a key on the developer's user id. */
  private Packet word(
      NewKeyPair signer, int type, HashAlgorithm hash, int age, Subpacket... statements) {
    Instant made = now.minus(Duration.ofDays(age));
    SignaturePacket.Draft draft = new SignaturePacket.Draft(type, signer.publicHalf(), hash, made);
    List.of(statements).forEach(draft::hashed);
    byte[] signed =
        KeySignature.overIdentity(developer.publicHalf(), Crafted.identity(developer, BOTH).get(0));
    byte[] digest = KeySignature.digest(hash, signed, draft.trailer());
    return draft.sign(digest, signer.privateKey()).packet();
  }

  private Packet certified(int age, Subpacket... statements) {
    return word(master, SignatureType.CERTIFICATION_FIRST, HashAlgorithm.SHA256, age, statements);
  }

  private Packet takenBack(int age) {
    return word(master, SignatureType.CERTIFICATION_REVOCATION, HashAlgorithm.SHA256, age);
  }

  private Standing standing(Packet... words) {
    return Certification.of(Crafted.certificate(developer, BOTH, words), by, now).standing();
  }

  @Test
  void theNewestWordCounts() {
    assertThat(standing()).isEqualTo(Standing.ABSENT);
    assertThat(standing(certified(10))).isEqualTo(Standing.GOOD);
    assertThat(standing(certified(10), takenBack(5))).isEqualTo(Standing.REVOKED);
    assertThat(standing(takenBack(5), certified(10))).isEqualTo(Standing.REVOKED);
    assertThat(standing(certified(10), takenBack(5), certified(2))).isEqualTo(Standing.GOOD);
    assertThat(standing(certified(10), takenBack(10))).isEqualTo(Standing.REVOKED);
    assertThat(standing(takenBack(5))).isEqualTo(Standing.REVOKED);
  }

  @Test
  void itEndsWhenItSaysSo() {
    Subpacket fiveDays = Subpacket.ofSeconds(Subpacket.EXPIRATION_TIME, 5 * 86400);
    assertThat(standing(certified(10, fiveDays))).isEqualTo(Standing.EXPIRED);
    assertThat(standing(certified(2, fiveDays))).isEqualTo(Standing.GOOD);
    // the newest counts, though an older one would still be in force
    assertThat(standing(certified(20), certified(10, fiveDays))).isEqualTo(Standing.EXPIRED);
    Certification ended =
        Certification.of(Crafted.certificate(developer, BOTH, certified(10, fiveDays)), by, now);
    assertThat(ended.since()).contains(now.minus(Duration.ofDays(5)));
  }

  @Test
  void sha1NeverCountsButTakesBack() {
    Packet weak =
        word(master, SignatureType.POSITIVE_CERTIFICATION, HashAlgorithm.SHA1, 2000 - 1500);
    assertThat(standing(weak)).isEqualTo(Standing.WEAK_HASH);
    assertThat(standing(weak, certified(600))).isEqualTo(Standing.GOOD);
    Packet back = word(master, SignatureType.CERTIFICATION_REVOCATION, HashAlgorithm.SHA1, 1);
    assertThat(standing(certified(10), back)).isEqualTo(Standing.REVOKED);
  }

  @Test
  void whatCannotBeCountsNothing() {
    NewKeyPair other = Crafted.pair(born);
    Packet byOther = word(other, SignatureType.CERTIFICATION_FIRST, HashAlgorithm.SHA256, 10);
    assertThat(standing(byOther)).isEqualTo(Standing.ABSENT);
    assertThat(standing(certified(-1))).as("from the future").isEqualTo(Standing.ABSENT);
    assertThat(standing(certified(1001))).as("older than its maker").isEqualTo(Standing.ABSENT);
    assertThat(standing(certified(10, new Subpacket(100, true, new byte[] {1}))))
        .as("demands what is not understood")
        .isEqualTo(Standing.ABSENT);
    Packet ofType = word(master, SignatureType.BINARY, HashAlgorithm.SHA256, 10);
    assertThat(standing(ofType)).isEqualTo(Standing.ABSENT);
    byte[] body = certified(10).body();
    body[body.length - 3] ^= 1;
    assertThat(standing(new Packet(Packet.SIGNATURE, body))).isEqualTo(Standing.ABSENT);
  }

  @Test
  void aUserIdThatItsOwnerDoesNotHaveMakesNobodyCertified() {
    Packet stuckOn =
        new Packet(Packet.USER_ID, "Someone <s@example.org>".getBytes(StandardCharsets.UTF_8));
    SignaturePacket.Draft draft =
        new SignaturePacket.Draft(
            SignatureType.CERTIFICATION_FIRST,
            master.publicHalf(),
            HashAlgorithm.SHA256,
            now.minus(Duration.ofDays(1)));
    Packet word =
        Crafted.sign(draft, master, KeySignature.overIdentity(developer.publicHalf(), stuckOn));
    assertThat(standing(stuckOn, word)).isEqualTo(Standing.ABSENT);
  }

  @Test
  void whoeverCertifiesMustBeFitForIt() {
    Certificate subject = Crafted.certificate(developer, BOTH, certified(10));
    Certificate signsOnly = Crafted.certificate(master, Crafted.SIGN);
    assertThat(Certification.of(subject, signsOnly, now).standing())
        .isEqualTo(Standing.CERTIFIER_UNFIT);
    Certificate bare =
        Keyring.parse("bare", new Packet(Packet.PUBLIC_KEY, master.publicHalf().body()).encoded())
            .certificates()
            .get(0);
    assertThat(Certification.of(subject, bare, now).standing()).isEqualTo(Standing.CERTIFIER_UNFIT);
    SignaturePacket.Draft draft = Crafted.draft(master, SignatureType.KEY_REVOCATION);
    Packet revocation = Crafted.sign(draft, master, KeySignature.overKey(master.publicHalf()));
    assertThat(
            Certification.of(subject, Crafted.certificate(master, BOTH, revocation), now)
                .standing())
        .isEqualTo(Standing.CERTIFIER_REVOKED);
    SignaturePacket.Draft direct = Crafted.draft(master, SignatureType.DIRECT_KEY);
    direct.hashed(Subpacket.ofSeconds(Subpacket.KEY_EXPIRATION, 86400));
    Packet expiry = Crafted.sign(direct, master, KeySignature.overKey(master.publicHalf()));
    List<Packet> packets = new ArrayList<>();
    packets.add(new Packet(Packet.PUBLIC_KEY, master.publicHalf().body()));
    packets.add(expiry);
    packets.addAll(Crafted.identity(master, BOTH));
    Certificate ended = Keyring.parse("ended", Packet.encode(packets)).certificates().get(0);
    assertThat(Certification.of(subject, ended, now).standing())
        .isEqualTo(Standing.CERTIFIER_EXPIRED);
  }

  /** What gpg thinks of keys that a fully trusted one certifies, in each way. */
  @Test
  void gpgThinksTheSame() {
    try (Gnupg gpg = Gnupg.inTemporaryHome()) {
      Fingerprint trusted = generate(gpg, "Master <m@example.org>", "cert");
      agrees(gpg, trusted, Standing.GOOD, key -> certify(gpg, trusted, key, 2020));
      agrees(
          gpg,
          trusted,
          Standing.REVOKED,
          key -> {
            certify(gpg, trusted, key, 2020);
            gpg.run("--quick-revoke-sig", key.hex(), trusted.hex()).ok();
          });
      agrees(
          gpg,
          trusted,
          Standing.EXPIRED,
          key -> certify(gpg, trusted, key, 2020, "--default-cert-expire", "10d"));
      agrees(
          gpg,
          trusted,
          Standing.WEAK_HASH,
          key ->
              certify(
                  gpg,
                  trusted,
                  key,
                  2020,
                  "--allow-weak-key-signatures",
                  "--cert-digest-algo",
                  "SHA1"));
      agrees(gpg, trusted, Standing.ABSENT, key -> {});
    }
  }

  private static Fingerprint generate(Gnupg gpg, String userId, String usage) {
    return gpg.generate(
        userId, "ed25519", usage, "never", "", Gnupg.at(Instant.parse("2019-06-01T00:00:00Z")));
  }

  private static void certify(
      Gnupg gpg, Fingerprint by, Fingerprint key, int year, String... options) {
    List<String> words = new ArrayList<>(List.of(options));
    words.add(Gnupg.at(Instant.parse(year + "-01-01T00:00:00Z")));
    words.addAll(List.of("--local-user", by.hex(), "--quick-sign-key", key.hex()));
    gpg.run(words.toArray(String[]::new)).ok();
  }

  private void agrees(
      Gnupg gpg, Fingerprint trusted, Standing expected, Consumer<Fingerprint> words) {
    Fingerprint key = generate(gpg, expected + " <k@example.org>", "sign");
    words.accept(key);
    Keyring keyring =
        Keyring.parse("k", gpg.export(key)).with(Keyring.parse("m", gpg.export(trusted)));
    Certificate certificate = keyring.find(key).orElseThrow();
    Certificate master = keyring.find(trusted).orElseThrow();
    assertThat(Certification.of(certificate, master, now).standing()).isEqualTo(expected);
    // in a home where the master key alone is trusted, as it is for builders
    try (Gnupg clean = Gnupg.inTemporaryHome()) {
      clean.importKeys(gpg.export(trusted));
      clean.importKeys(gpg.export(key));
      clean
          .run((trusted.hex() + ":6:\n").getBytes(StandardCharsets.US_ASCII), "--import-ownertrust")
          .ok();
      String listing = clean.run("--with-colons", "--list-keys", key.hex()).ok().text();
      boolean valid = listing.contains("\npub:f:") || listing.startsWith("pub:f:");
      assertThat(valid).as(expected + "\n" + listing).isEqualTo(expected == Standing.GOOD);
    }
  }
}
