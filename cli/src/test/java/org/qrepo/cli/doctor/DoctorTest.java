package org.qrepo.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qrepo.cli.Run;
import org.qrepo.sign.NewKey;
import org.qrepo.sign.TestKeys;
import org.qrepo.store.http.HttpProbe;

class DoctorTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({"0,OK", "5,OK", "-5,OK", "6,WARNING", "-6,WARNING", "601,ERROR", "-601,ERROR"})
  void clocksThatDifferAreNamed(int seconds, Result.Level level) {
    Instant now = Instant.parse("2026-01-02T03:04:05Z");
    Result result = ClockLook.compare("the web server", now.minusSeconds(seconds), now);
    assertThat(result.level()).isEqualTo(level);
    if (level != Result.Level.OK) {
      assertThat(result.finding().reason()).endsWith(seconds > 0 ? "ahead of it" : "behind it");
    }
  }

  @Test
  void theClockOfAFileSystemIsReadWithoutATrace() throws IOException {
    assertThat(ClockLook.fileSystem(directory).orElseThrow().level()).isEqualTo(Result.Level.OK);
    try (var files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
    assertThat(ClockLook.fileSystem(directory.resolve("nothing"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "no-cache,0",
    "'max-age=60, no-store',0",
    "max-age=0,0",
    "'public, max-age=31536000, immutable',31536000",
    "'max-age=0, s-maxage=60',60",
    "'s-maxage=60,max-age=5',60",
    "MAX-AGE=7,7",
    "'max-age=\"9\"',9",
    "public,",
    "x-max-age=5,",
    "max-age=a,"
  })
  void cacheRules(String header, Long seconds) {
    HttpProbe.Answer answer =
        new HttpProbe.Answer(
            URI.create("http://x/"),
            200,
            Map.of("cache-control", List.of(header)),
            "",
            Optional.empty());
    assertThat(CacheRule.of(answer).seconds()).isEqualTo(Optional.ofNullable(seconds));
  }

  private Run doctor(NewKey key) throws IOException {
    Path file = directory.resolve("secret.asc");
    Files.write(file, key.secretKey());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(
        directory.resolve("qrepo.yml"),
        """
        repository: {name: t}
        signing: {key-file: secret.asc}
        targets: {web: {url: tree, server: 'file:///nowhere'}}
        """);
    return Run.of(directory, "doctor");
  }

  @Test
  void aGoodKeyIsFine() throws IOException {
    Run run = doctor(TestKeys.ed25519());
    assertThat(run.code()).as(run.out() + run.err()).isZero();
    assertThat(run.out())
        .contains("secret.asc: holds a secret key, for its owner alone")
        .contains("signs, and never expires")
        .contains("warning: " + directory.resolve("tree") + ": is not there yet");
  }

  @Test
  void aKeyThatExpiresSoonIsNamed() throws IOException {
    Instant end = Instant.now().plus(59, ChronoUnit.DAYS);
    Run run = doctor(TestKeys.ed25519(Optional.empty(), Optional.of(end)));
    assertThat(run.code()).isZero();
    assertThat(run.out()).containsPattern("warning: [0-9A-F ]+: the key expires in 5[0-9] days");
    Instant later = Instant.now().plus(90, ChronoUnit.DAYS);
    assertThat(doctor(TestKeys.ed25519(Optional.empty(), Optional.of(later))).out())
        .contains("signs until")
        .doesNotContain("expires in");
  }

  @Test
  void aKeyFileThatHoldsNoKeyIsNamed() throws IOException {
    doctor(TestKeys.ed25519());
    Files.writeString(directory.resolve("secret.asc"), "nothing");
    Run run = Run.of(directory, "doctor", "--json");
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.out()).contains("key-file-unreadable", "\"id\" : \"state\"", "tree-missing");
  }

  @Test
  void withoutAnythingItSaysWhatIsMissing() {
    Run run = Run.of(directory, "doctor");
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.out())
        .contains("warning: targets: there are none")
        .contains("warning: signing.key-file: no key is configured")
        .contains("error: signing.trusted: nobody's signatures are trusted");
  }
}
