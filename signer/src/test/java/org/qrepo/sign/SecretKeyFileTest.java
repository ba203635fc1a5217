package org.qrepo.sign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qrepo.Finding;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Signable;
import org.qrepo.publish.SigningException;
import org.qrepo.publish.Verifier.Form;
import org.qrepo.publish.Verifier.Verdict;
import org.qrepo.sign.openpgp.NewKeyPair;
import org.qrepo.sign.openpgp.Packet;

/** Which key of a file signs, and why some are refused. */
class SecretKeyFileTest {
  private static final Instant NOW = TestKeys.now();
  private static final Instant IN_2020 = Instant.parse("2020-01-01T00:00:00Z");
  private static final InstantSource CLOCK = InstantSource.system();

  private static Gnupg gnupg;

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

  private static KeyFileSigner signer(byte[] file, Fingerprint wanted) {
    return SecretKeyFile.parse("key.asc", file)
        .signer(Optional.of(wanted), TestKeys.noPassphrase(), CLOCK);
  }

  private static Finding refusal(byte[] file, Optional<Fingerprint> wanted) {
    SigningException e =
        catchThrowableOfType(
            SigningException.class,
            () ->
                SecretKeyFile.parse("key.asc", file)
                    .signer(wanted, TestKeys.noPassphrase(), CLOCK));
    assertThat(e).isNotNull();
    Finding finding = e.finding().orElseThrow();
    assertThat(finding.subject()).isEqualTo("key.asc");
    return finding;
  }

  @Test
  void choosesAmongSeveralKeys() {
    NewKey one = TestKeys.ed25519();
    NewKey two = TestKeys.rsa2048();
    byte[] both = Crafted.join(one.secretKey(), two.secretKey());
    assertThat(signer(both, one.fingerprint()).certificate()).isEqualTo(one.fingerprint());
    assertThat(signer(both, two.fingerprint()).certificate()).isEqualTo(two.fingerprint());
    Finding unnamed = refusal(both, Optional.empty());
    assertThat(unnamed.id()).isEqualTo("key-not-in-file");
    assertThat(unnamed.details().toString())
        .contains(one.fingerprint().hex(), two.fingerprint().hex());
    NewKey absent = TestKeys.ed25519();
    assertThat(refusal(both, Optional.of(absent.fingerprint())).id()).isEqualTo("key-not-in-file");
  }

  @Test
  void takesTheNewestUsableSubkey() {
    Fingerprint primary =
        gnupg.generate(
            "Many <m@example.org>", "ed25519", "cert,sign", "never", "", Gnupg.at(IN_2020));
    gnupg
        .run(
            Gnupg.at(IN_2020.plusSeconds(5)),
            "--passphrase",
            "",
            "--quick-add-key",
            primary.hex(),
            "cv25519",
            "encr",
            "never")
        .ok();
    gnupg
        .run(
            Gnupg.at(IN_2020.plusSeconds(9)),
            "--passphrase",
            "",
            "--quick-add-key",
            primary.hex(),
            "ed25519",
            "sign",
            "10d")
        .ok();
    Fingerprint expired = gnupg.fingerprints(primary).get(2);
    assertThat(signer(gnupg.exportSecret(primary, ""), primary).key().fingerprint())
        .isEqualTo(primary);
    Fingerprint first = gnupg.addSubkey(primary, "rsa2048", "sign", "never", "");
    assertThat(signer(gnupg.exportSecret(primary, ""), primary).subkey()).contains(first);
    byte[] file = gnupg.exportSecret(primary, "");
    assertThat(signer(file, first).certificate()).isEqualTo(primary);
    assertThat(refusal(file, Optional.of(expired)).id()).isEqualTo("key-expired");
    Fingerprint encrypting = gnupg.fingerprints(primary).get(1);
    assertThat(refusal(file, Optional.of(encrypting)).id()).isIn("key-unsupported");

    gnupg.revokeSubkey(primary, 3);
    byte[] revoked = gnupg.exportSecret(primary, "");
    assertThat(signer(revoked, primary).subkey()).isEmpty();
    assertThat(refusal(revoked, Optional.of(first)).id()).isEqualTo("key-revoked");
    byte[] offline = gnupg.exportSecret(primary, "", "--export-secret-subkeys");
    Finding finding = refusal(offline, Optional.of(primary));
    assertThat(finding.id()).isIn("key-revoked", "key-expired");
    assertThat(finding.details().toString()).contains("is not in this file");
  }

  @Test
  void refusesAPrimaryThatIsNotHere() {
    Fingerprint primary =
        gnupg.generate("Offline <o@example.org>", "ed25519", "cert,sign", "never", "");
    gnupg.addSubkey(primary, "cv25519", "encr", "never", "");
    byte[] file = gnupg.exportSecret(primary, "", "--export-secret-subkeys");
    assertThat(refusal(file, Optional.of(primary)).id()).isEqualTo("key-secret-missing");
  }

  @Test
  void refusesExpiredRevokedAndCertifyingKeys() {
    Fingerprint expired =
        gnupg.generate(
            "Expired <e@example.org>", "ed25519", "cert,sign", "10d", "", Gnupg.at(IN_2020));
    assertThat(refusal(gnupg.exportSecret(expired, ""), Optional.empty()).id())
        .isEqualTo("key-expired");

    Fingerprint certify = gnupg.generate("C <c@example.org>", "ed25519", "cert", "never", "");
    Finding finding = refusal(gnupg.exportSecret(certify, ""), Optional.empty());
    assertThat(finding.id()).isEqualTo("key-not-signing");
    assertThat(finding.details().toString()).contains("--quick-add-key " + certify);

    Fingerprint revoked = gnupg.generate("R <r@example.org>", "ed25519", "sign", "never", "");
    gnupg.importKeys(gnupg.revocation(revoked));
    assertThat(refusal(gnupg.exportSecret(revoked, ""), Optional.empty()).id())
        .isEqualTo("key-revoked");

    Fingerprint weak = gnupg.generate("W <w@example.org>", "rsa1024", "sign", "never", "");
    assertThat(refusal(gnupg.exportSecret(weak, ""), Optional.empty()).id()).isEqualTo("key-weak");

    Fingerprint dsa = gnupg.generate("D <d@example.org>", "dsa2048", "sign", "never", "");
    assertThat(refusal(gnupg.exportSecret(dsa, ""), Optional.empty()).id())
        .isEqualTo("key-unsupported");
  }

  @Test
  void asksOnceAndWipes() {
    NewKey key = TestKeys.ed25519(Optional.of("correct".toCharArray()), Optional.empty());
    SecretKeyFile file = SecretKeyFile.parse("key.asc", key.secretKey());
    List<char[]> given = new ArrayList<>();
    KeyFileSigner signer =
        file.signer(
            Optional.empty(),
            name -> {
              given.add("correct".toCharArray());
              return given.get(0);
            },
            CLOCK);
    signer.sign(TestKeys.signable("a", new byte[1]));
    signer.sign(TestKeys.signable("b", new byte[2]));
    assertThat(given).hasSize(1);
    assertThat(given.get(0)).containsOnly('\0');

    char[] wrong = "wrong".toCharArray();
    assertThatThrownBy(() -> file.signer(Optional.empty(), name -> wrong, CLOCK))
        .isInstanceOfSatisfying(
            SigningException.class,
            e -> assertThat(e.finding().orElseThrow().id()).isEqualTo("passphrase-wrong"))
        .hasMessageContaining("passphrase does not unlock")
        .hasMessageNotContaining("wrong");
    assertThat(wrong).containsOnly('\0');
  }

  @Test
  void unlocksWhatAStockGpgProtects() {
    try (Gnupg stock = Gnupg.inStockHome()) {
      Fingerprint key = stock.generate("S <s@example.org>", "ed25519", "sign", "never", "secret");
      KeyFileSigner signer =
          SecretKeyFile.parse("key", stock.exportSecret(key, "secret"))
              .signer(Optional.empty(), name -> "secret".toCharArray(), CLOCK);
      assertThat(signer.certificate()).isEqualTo(key);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0600, rw-------, false",
    "0400, r--------, false",
    "0640, rw-r-----, true",
    "0604, rw----r--, true",
    "0620, rw--w----, true"
  })
  void warnsOfOpenFiles(String name, String mode, boolean warns, @TempDir Path scratch)
      throws Exception {
    Path file = Files.write(scratch.resolve(name), TestKeys.ed25519().secretKey());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    SecretKeyFile read = SecretKeyFile.read(file);
    assertThat(read.warnings().stream().map(Finding::id).toList())
        .isEqualTo(warns ? List.of("key-file-open") : List.of());
    KeyFileSigner signer = read.signer(Optional.empty(), TestKeys.noPassphrase(), CLOCK);
    assertThat(signer.warnings()).isEqualTo(read.warnings());
    assertThat(signer.description()).contains(file.toString(), "ed25519", "Test Publisher");
  }

  @ParameterizedTest
  @CsvSource({"61, false", "59, true", "1, true"})
  void warnsOfExpiry(int days, boolean warns) {
    NewKey key = TestKeys.ed25519(Optional.empty(), Optional.of(NOW.plus(Duration.ofDays(days))));
    KeyFileSigner signer = TestKeys.signer(key);
    assertThat(signer.warnings().stream().map(Finding::id).toList())
        .isEqualTo(warns ? List.of("key-expires-soon") : List.of());
  }

  @Test
  void refusesToSignOnceExpired() {
    NewKey key = TestKeys.ed25519(Optional.empty(), Optional.of(NOW.plusSeconds(100)));
    Instant[] time = {NOW};
    KeyFileSigner signer = TestKeys.signer(key, () -> time[0]);
    Signable data = TestKeys.signable("data", new byte[9]);
    assertThat(signer.sign(data)).isNotEmpty();
    time[0] = NOW.plusSeconds(100);
    assertThatThrownBy(() -> signer.sign(data))
        .isInstanceOfSatisfying(
            SigningException.class,
            e -> assertThat(e.finding().orElseThrow().id()).isEqualTo("key-expired"));
  }

  @Test
  void refusesWhatIsNoKeyFile(@TempDir Path scratch) {
    for (byte[] bytes :
        List.of(
            new byte[0],
            "hello".getBytes(UTF_8),
            TestKeys.ed25519().certificate().getBytes(UTF_8),
            new byte[SecretKeyFile.MAX_FILE + 1])) {
      assertThat(refusal(bytes, Optional.empty()).id()).isEqualTo("key-file-unreadable");
    }
    assertThatThrownBy(() -> SecretKeyFile.read(scratch.resolve("none")))
        .isInstanceOf(SigningException.class)
        .hasMessageContaining("none");
  }

  @Test
  void throwsAwayWhatDoesNotVerify() {
    NewKeyPair open = Crafted.pair(NOW);
    NewKeyPair other = Crafted.pair(NOW);
    byte[] secret = other.secretPacket(Optional.empty()).body();
    int start = other.publicHalf().body().length;
    byte[] mixed =
        Crafted.join(open.publicHalf().body(), Arrays.copyOfRange(secret, start, secret.length));
    byte[] file =
        Crafted.join(
            new Packet(Packet.SECRET_KEY, mixed).encoded(),
            Packet.encode(Crafted.identity(open, Crafted.SIGN)));
    KeyFileSigner signer = signer(file, open.publicHalf().fingerprint());
    assertThatThrownBy(() -> signer.sign(TestKeys.signable("d", new byte[1])))
        .isInstanceOfSatisfying(
            SigningException.class,
            e -> assertThat(e.finding().orElseThrow().id()).isEqualTo("key-damaged"));
  }

  @Test
  void readsAgainForLongerHashesAndNoticesChanges() {
    Fingerprint key = gnupg.generate("L <l@example.org>", "nistp521", "sign", "never", "");
    KeyFileSigner signer = signer(gnupg.exportSecret(key, ""), key);
    Signable real = TestKeys.signable("d", new byte[5]);
    assertThat(gnupg.verify(signer.sign(real), new byte[5]).ok().text()).contains("GOODSIG");
    assertThatThrownBy(
            () -> signer.sign(reopened(real, () -> new ByteArrayInputStream(new byte[6]))))
        .isInstanceOf(SigningException.class)
        .hasMessageContaining("changed");
    assertThatThrownBy(
            () ->
                signer.sign(
                    reopened(
                        real,
                        () -> {
                          throw new IOException("gone");
                        })))
        .isInstanceOf(SigningException.class)
        .hasMessageContaining("gone");
  }

  private static Signable reopened(Signable signable, Blob.Opener opener) {
    return new Signable() {
      @Override
      public String name() {
        return signable.name();
      }

      @Override
      public Digests digests() {
        return signable.digests();
      }

      @Override
      public InputStream open() throws IOException {
        return opener.open();
      }
    };
  }

  @Test
  void equalInputsAtOneTimeGiveEqualSignatures() {
    for (NewKey key : List.of(TestKeys.ed25519(), TestKeys.rsa2048())) {
      InstantSource fixed = InstantSource.fixed(NOW);
      Signable data = TestKeys.signable("data", new byte[100]);
      assertThat(TestKeys.signer(key, fixed).sign(data))
          .isEqualTo(TestKeys.signer(key, fixed).sign(data));
    }
  }

  @Test
  void signsInParallel() throws Exception {
    NewKey key = TestKeys.rsa2048();
    KeyFileSigner signer = TestKeys.signer(key);
    KeyringVerifier verifier = TestKeys.verifier(key);
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<byte[]>> signatures = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        byte[] data = new byte[i];
        signatures.add(pool.submit(() -> signer.sign(TestKeys.signable("data", data))));
      }
      Set<Integer> distinct = new HashSet<>();
      for (int i = 0; i < 100; i++) {
        byte[] signature = signatures.get(i).get();
        distinct.add(Arrays.hashCode(signature));
        assertThat(verifier.verify("d", signature, Digests.of(new byte[i], Set.of()), Form.BINARY))
            .isInstanceOf(Verdict.Good.class);
      }
      assertThat(distinct).hasSize(100);
    } finally {
      pool.shutdownNow();
    }
  }
}
