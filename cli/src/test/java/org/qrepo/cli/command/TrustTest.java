package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qrepo.cli.Run;
import org.qrepo.cli.Workplace;
import org.qrepo.sign.NewKey;
import org.qrepo.sign.TestKeys;

/** Whose signatures count, and for how long. */
class TrustTest {
  private static final String WARNING = "Clients refuse every signature of an expired key";

  @TempDir private Path directory;

  private static NewKey ending(int days) {
    Instant end = Instant.now().plus(Duration.ofDays(days)).plusSeconds(3600);
    return TestKeys.ed25519(Optional.empty(), Optional.of(end));
  }

  @ParameterizedTest
  @CsvSource({"59,true", "61,false"})
  void aKeyThatEndsSoonIsWarnedAboutEverywhere(int days, boolean warns) {
    Workplace place = new Workplace(directory, ending(days));
    place.configure("web: {url: tree}");
    String file = place.sample("hello", "1-1");
    Run publish = place.ok("publish", file, "--to", "web");
    assertThat(publish.err().contains(WARNING)).as(publish.toString()).isEqualTo(warns);
    assertThat(place.ok("key", "show").err().contains(WARNING)).isEqualTo(warns);
    assertThat(place.ok("sign", "--force", file).err().contains(WARNING)).isEqualTo(warns);
    assertThat(place.qrepo("doctor").out().contains(WARNING)).isEqualTo(warns);
  }

  @ParameterizedTest
  @CsvSource({"59,true", "61,false"})
  void soIsATrustedKey(int days, boolean warns) {
    NewKey other = ending(days);
    Workplace place = new Workplace(directory);
    place.write("other.asc", other.certificate());
    place.configure("web: {url: tree}");
    place.env("QREPO_SIGNING_TRUSTED", other.fingerprint().hex());
    place.env("QREPO_SIGNING_CERTIFICATES", "other.asc");
    Run publish = place.ok("publish", place.sample("hello", "1-1"), "--to", "web");
    assertThat(publish.err().contains(other.fingerprint().grouped()))
        .as(publish.toString())
        .isEqualTo(warns);
    assertThat(publish.err().contains(WARNING)).isEqualTo(warns);
    assertThat(place.qrepo("doctor").out().contains(WARNING)).isEqualTo(warns);
  }

  @ParameterizedTest
  @CsvSource({"signing.trusted,QREPO_SIGNING_TRUSTED", "signing.key,QREPO_SIGNING_KEY"})
  void keyIdsAreNeverAccepted(String name, String variable) {
    Workplace place = new Workplace(directory);
    place.configure("web: {url: tree}");
    place.env(variable, place.key().fingerprint().hex().substring(24));
    assertThat(place.ended(2, "config", "check").err())
        .contains(name + ": '", "is not a full fingerprint", "a key id is not enough");
  }

  @Test
  void keyIdsAreNoFilesEither() {
    Workplace place = new Workplace(directory);
    place.configure("web: {url: tree}");
    String keyId = place.key().fingerprint().hex().substring(24);
    String file = place.sample("hello", "1-1");
    assertThat(place.ended(2, "publish", file, "--trust", keyId).err())
        .contains("a key id is not accepted");
    assertThat(place.ended(2, "publish", file, "--key", keyId).err()).contains("no such file");
    assertThat(place.ended(2, "publish", file, "--key", "gpg:" + keyId).err())
        .contains("is not a full fingerprint");
  }
}
