package org.qrepo.sign;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Verifier.Form;
import org.qrepo.publish.Verifier.Verdict;

/** What we sign gpg calls good, and what gpg signs we do, for every shape of key. */
class GnupgInteroperationTest {
  private static final byte[] DATA = "some package\n".getBytes(StandardCharsets.UTF_8);

  private static Gnupg gnupg;

  @TempDir static Path scratch;

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

  enum Shape {
    RSA2048("rsa2048", "cert,sign"),
    RSA3072("rsa3072", "cert,sign"),
    RSA4096("rsa4096", "cert,sign"),
    ED25519("ed25519", "cert,sign"),
    NISTP256("nistp256", "cert,sign"),
    NISTP384("nistp384", "cert,sign"),
    NISTP521("nistp521", "cert,sign"),
    ED25519_SUBKEY("ed25519", "cert", "ed25519"),
    RSA_SUBKEY("ed25519", "cert", "rsa3072"),
    SUBKEYS_ONLY("rsa2048", "cert", "ed25519");

    final String algorithm;
    final String usage;
    final Optional<String> subkey;

    Shape(String algorithm, String usage, String... subkey) {
      this.algorithm = algorithm;
      this.usage = usage;
      this.subkey = Stream.of(subkey).findFirst();
    }

    String[] exportCommand() {
      return this == SUBKEYS_ONLY
          ? new String[] {"--export-secret-subkeys"}
          : new String[] {
            "--export-secret-keys", algorithm.startsWith("rsa") ? "--armor" : "--no-armor"
          };
    }
  }

  static Stream<Arguments> shapes() {
    return Stream.of(Shape.values())
        .flatMap(s -> Stream.of("", "secret", "pässwörd ключ 鍵").map(p -> Arguments.of(s, p)));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void signsAndVerifies(Shape shape, String passphrase) throws Exception {
    String user = shape + " " + passphrase.length() + " <t@example.org>";
    Fingerprint primary = gnupg.generate(user, shape.algorithm, shape.usage, "never", passphrase);
    Fingerprint signing =
        shape
            .subkey
            .map(s -> gnupg.addSubkey(primary, s, "sign", "never", passphrase))
            .orElse(primary);
    byte[] exported = gnupg.exportSecret(primary, passphrase, shape.exportCommand());

    AtomicInteger asked = new AtomicInteger();
    KeyFileSigner signer =
        SecretKeyFile.parse("key", exported)
            .signer(
                Optional.of(primary),
                key -> {
                  asked.incrementAndGet();
                  assertThat(key).contains(primary.grouped());
                  return passphrase.toCharArray();
                },
                InstantSource.system());
    assertThat(asked).hasValue(passphrase.isEmpty() ? 0 : 1);
    assertThat(signer.certificate()).isEqualTo(primary);
    assertThat(signer.key().fingerprint()).isEqualTo(signing);

    byte[] ours = signer.sign(TestKeys.signable("data", DATA));
    Programs.Result said = gnupg.verify(ours, DATA).ok();
    assertThat(said.text())
        .contains("GOODSIG " + signing.hex().substring(24))
        .contains("VALIDSIG " + signing.hex())
        .contains(" 00 " + primary.hex());

    Path file = Files.write(scratch.resolve("data"), DATA);
    KeyringVerifier verifier =
        new KeyringVerifier(
            Keyring.parse("gpg", gnupg.export(primary)), Set.of(primary), InstantSource.system());
    for (HashAlgorithm hash :
        List.of(HashAlgorithm.SHA512, signer.key().packet().key().signingHash())) {
      byte[] theirs =
          gnupg.sign(
              file,
              "--passphrase",
              passphrase,
              "-u",
              signing.hex() + "!",
              "--digest-algo",
              hash.name());
      assertThat(verifier.algorithms(theirs)).containsExactly(hash);
      Verdict verdict =
          verifier.verify(
              "data", theirs, Digests.of(DATA, verifier.algorithms(theirs)), Form.BINARY);
      assertThat(verdict).isInstanceOf(Verdict.Good.class);
      assertThat(((Verdict.Good) verdict).certificate()).isEqualTo(primary);
    }
  }
}
