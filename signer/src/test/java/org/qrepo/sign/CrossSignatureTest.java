package org.qrepo.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.qrepo.publish.SigningException;

class CrossSignatureTest {
  private static final Passphrase NONE =
      key -> {
        throw new AssertionError("asked for the passphrase of " + key);
      };

  private final NewKey old = key("Old <old@example.org>", Optional.empty());
  private final NewKey next = key("New <new@example.org>", Optional.empty());

  private static NewKey key(String owner, Optional<char[]> passphrase) {
    return NewKey.generate(
        new UserId(owner),
        KeyAlgorithm.ED25519,
        passphrase,
        Optional.empty(),
        Instant.now().minusSeconds(60));
  }

  private static Certificate certificate(String armored) {
    return Keyring.parse("t", armored.getBytes(StandardCharsets.US_ASCII)).certificates().get(0);
  }

  private Certificate endorsed() {
    SecretKeyFile file = SecretKeyFile.parse("old", old.secretKey());
    return certificate(
        CrossSignature.endorse(
            certificate(next.certificate()), file, Optional.empty(), NONE, Instant.now()));
  }

  @Test
  void theOldKeySpeaksForTheNewOne() {
    Certificate endorsed = endorsed();
    Certificate by = certificate(old.certificate());
    assertThat(endorsed.fingerprint()).isEqualTo(next.fingerprint());
    assertThat(CrossSignature.isEndorsed(endorsed, by)).isTrue();
    assertThat(CrossSignature.isEndorsed(certificate(next.certificate()), by)).isFalse();
    assertThat(CrossSignature.isEndorsed(by, endorsed)).isFalse();
    assertThat(endorsed.signingKeys(Instant.now())).hasSize(1);
  }

  @Test
  void itStaysInAnExportForThoseWhoKnowTheOldKey() {
    Certificate endorsed = endorsed();
    Certificate by = certificate(old.certificate());
    Instant now = Instant.now();
    byte[] alone = endorsed.export(now);
    assertThat(endorsed.export(now, List.of())).isEqualTo(alone);
    assertThat(endorsed.export(now, List.of(endorsed))).isEqualTo(alone);
    byte[] more = endorsed.export(now, List.of(by, endorsed));
    assertThat(more.length).isGreaterThan(alone.length);
    Certificate again = Keyring.parse("t", more).certificates().get(0);
    assertThat(CrossSignature.isEndorsed(again, by)).isTrue();
    assertThat(Keyring.parse("t", alone).certificates().get(0).userIds(now))
        .isEqualTo(again.userIds(now));
  }

  @Test
  void gpgCountsIt() {
    try (Gnupg gpg = Gnupg.inTemporaryHome()) {
      gpg.importKeys(old.certificate().getBytes(StandardCharsets.US_ASCII));
      gpg.importKeys(endorsed().export(Instant.now(), List.of(certificate(old.certificate()))));
      assertThat(
              new String(
                  gpg.run("--with-colons", "--check-sigs", next.fingerprint().hex()).out(),
                  StandardCharsets.UTF_8))
          .containsPattern(
              "(?m)^sig:!::[0-9]+:" + old.fingerprint().hex().substring(24) + ":.*:10x:");
    }
  }

  @Test
  void aFileWithoutThePrimaryKeyCannotSpeak() {
    SecretKeyFile file = SecretKeyFile.parse("next", next.secretKey());
    assertThatThrownBy(
            () ->
                CrossSignature.endorse(
                    certificate(next.certificate()),
                    file,
                    Optional.of(old.fingerprint()),
                    NONE,
                    Instant.now()))
        .isInstanceOf(SigningException.class);
    NewKey locked = key("Locked <l@example.org>", Optional.of("secret".toCharArray()));
    SecretKeyFile withPassphrase = SecretKeyFile.parse("locked", locked.secretKey());
    assertThatThrownBy(
            () ->
                CrossSignature.endorse(
                    certificate(next.certificate()),
                    withPassphrase,
                    Optional.empty(),
                    k -> "wrong".toCharArray(),
                    Instant.now()))
        .isInstanceOf(SigningException.class)
        .hasMessageContaining("passphrase");
    assertThat(
            CrossSignature.isEndorsed(
                certificate(
                    CrossSignature.endorse(
                        certificate(next.certificate()),
                        withPassphrase,
                        Optional.empty(),
                        k -> "secret".toCharArray(),
                        Instant.now())),
                certificate(locked.certificate())))
        .isTrue();
  }
}
