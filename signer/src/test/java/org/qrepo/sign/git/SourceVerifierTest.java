package org.qrepo.sign.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.qrepo.Finding;
import org.qrepo.publish.Fingerprint;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.CrossSignature;
import org.qrepo.sign.Keyring;
import org.qrepo.sign.NewKey;
import org.qrepo.sign.SecretKeyFile;
import org.qrepo.sign.TestKeys;
import org.qrepo.sign.openpgp.Armor;

/** Tags and commits in every shape that a signature can have. */
class SourceVerifierTest {
  private static final String TAG =
      """
      object 0123456789abcdef0123456789abcdef01234567
      type commit
      tag v1
      tagger A <a@example.org> 1700000000 +0000

      message
      """;

  private final NewKey master = TestKeys.ed25519();
  private final NewKey developer = TestKeys.ed25519();
  private final NewKey stranger = TestKeys.ed25519();

  private static Certificate certificate(String armored) {
    return Keyring.parse("t", armored.getBytes(StandardCharsets.US_ASCII)).certificates().get(0);
  }

  /** The developer's certificate with the word of the master key. */
  private Certificate certified() {
    return certificate(
        CrossSignature.endorse(
            certificate(developer.certificate()),
            SecretKeyFile.parse("master", master.secretKey()),
            Optional.empty(),
            TestKeys.noPassphrase(),
            Instant.now()));
  }

  private SourceKeys keys(Certificate... certificates) {
    List<Certificate> all = new ArrayList<>(List.of(certificates));
    all.add(certificate(master.certificate()));
    return new SourceKeys(master.fingerprint(), Keyring.of(all), InstantSource.system());
  }

  private static byte[] packet(NewKey by, String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return TestKeys.signer(by).sign(TestKeys.signable("t", bytes));
  }

  private static String armored(byte[] packets) {
    return new String(
        Armor.encode(packets, Armor.Block.SIGNATURE, List.of()), StandardCharsets.US_ASCII);
  }

  private static String signed(NewKey by, String text) throws Exception {
    return text + armored(packet(by, text));
  }

  private static SourceSignature verify(SourceKeys keys, String tag) throws Exception {
    TagObject parsed = TagObject.parse(ObjectFormat.SHA1, tag.getBytes(StandardCharsets.UTF_8));
    return new SourceVerifier(keys).verify("tag v1", parsed.signed());
  }

  private static List<String> findings(SourceKeys keys, String tag) throws Exception {
    return verify(keys, tag) instanceof SourceSignature.Bad bad
        ? bad.findings().stream().map(Finding::id).toList()
        : List.of();
  }

  @Test
  void whoTheMasterKeyCertifiedMaySign() throws Exception {
    SourceKeys keys = keys(certified());
    assertThat(keys.findings()).isEmpty();
    assertThat(keys.allowed())
        .extracting(Certificate::fingerprint)
        .containsExactly(master.fingerprint(), developer.fingerprint());
    assertThat(verify(keys, signed(developer, TAG)))
        .isInstanceOfSatisfying(
            SourceSignature.Good.class,
            good -> {
              assertThat(good.signer()).isEqualTo(developer.fingerprint());
              assertThat(good.owner()).contains("publisher@example.org");
            });
    assertThat(verify(keys, signed(master, TAG))).isInstanceOf(SourceSignature.Good.class);
    assertThat(verify(keys, TAG)).isInstanceOf(SourceSignature.None.class);
  }

  @Test
  void nobodyElseMay() throws Exception {
    SourceKeys known = keys(certified(), certificate(stranger.certificate()));
    assertThat(findings(known, signed(stranger, TAG))).containsExactly("key-not-certified");
    assertThat(findings(keys(certified()), signed(stranger, TAG))).containsExactly("key-unknown");
    assertThat(findings(keys(certificate(developer.certificate())), signed(developer, TAG)))
        .containsExactly("key-not-certified");
  }

  @Test
  void withoutTheMasterKeyNobodyMay() throws Exception {
    SourceKeys none =
        new SourceKeys(master.fingerprint(), Keyring.of(certified()), InstantSource.system());
    assertThat(none.findings()).extracting(Finding::id).containsExactly("master-key-absent");
    assertThat(none.allowed()).isEmpty();
    assertThat(findings(none, signed(developer, TAG))).containsExactly("key-not-certified");
    Fingerprint other = stranger.fingerprint();
    SourceKeys pinned = new SourceKeys(other, Keyring.of(certified()), InstantSource.system());
    assertThat(findings(pinned, signed(developer, TAG))).containsExactly("key-not-certified");
  }

  @Test
  void whatWasSignedMustBeWhatIsThere() throws Exception {
    SourceKeys keys = keys(certified());
    String good = signed(developer, TAG);
    assertThat(findings(keys, good.replace("message", "massage"))).containsExactly("signature-bad");
    assertThat(findings(keys, good.replace("tag v1", "tag v2"))).containsExactly("signature-bad");
    assertThat(findings(keys, good + "more\n")).containsExactly("signature-armor-loose");
    assertThat(findings(keys, good.replace("-----END", "----END")))
        .containsExactly("signature-armor-loose");
  }

  @Test
  void oneSignatureIsWanted() throws Exception {
    SourceKeys keys = keys(certified());
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(packet(developer, TAG));
    both.writeBytes(packet(master, TAG));
    assertThat(findings(keys, TAG + armored(both.toByteArray())))
        .containsExactly("signature-several");
    assertThat(findings(keys, signed(developer, signed(developer, TAG))))
        .containsExactly("signature-several");
  }

  @Test
  void othersThanOpenPgpAreNamed() throws Exception {
    SourceKeys keys = keys(certified());
    assertThat(findings(keys, TAG + "-----BEGIN SSH SIGNATURE-----\nx\n"))
        .containsExactly("signature-ssh");
    assertThat(findings(keys, TAG + "-----BEGIN SIGNED MESSAGE-----\nx\n"))
        .containsExactly("signature-x509");
    assertThat(findings(keys, TAG + "-----BEGIN PGP MESSAGE-----\nx\n-----END PGP MESSAGE-----\n"))
        .hasSize(1)
        .allMatch(id -> id.startsWith("signature-"));
    String commit =
        "tree 0123456789abcdef0123456789abcdef01234567\nauthor A\ncommitter A\ngpgsig x\n\nm\n";
    SignedContent content =
        CommitObject.parse(ObjectFormat.SHA1, commit.getBytes(StandardCharsets.UTF_8)).signed();
    assertThat(new SourceVerifier(keys).verify("commit", content))
        .isInstanceOfSatisfying(
            SourceSignature.Bad.class,
            bad ->
                assertThat(bad.findings())
                    .extracting(Finding::id)
                    .containsExactly("signature-not-openpgp"));
  }
}
