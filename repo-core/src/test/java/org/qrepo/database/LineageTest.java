package org.qrepo.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.RefusedException;
import org.qrepo.io.Sha256;

class LineageTest {
  private static final String HASH = "0123456789abcdef".repeat(4);
  private static final String FIRST =
      "qrepo/1 repository=qubes-r4.3 seq=1 parent=- files=" + HASH + " time=2026-11-21T10:20:30Z";

  @Test
  void formatsTheFirstGeneration() {
    Lineage lineage =
        new Lineage(
            "qubes-r4.3",
            1,
            Optional.empty(),
            new Sha256(HASH),
            Instant.parse("2026-11-21T10:20:30.987Z"));

    assertThat(lineage.format()).isEqualTo(FIRST);
    assertThat(Lineage.parse(FIRST)).contains(lineage);
  }

  @Test
  void readsWhatItWrites() {
    assertThat(Lineage.parse(Samples.lineage().format())).contains(Samples.lineage());
  }

  @Test
  void toleratesWordsOfLaterVersions() {
    assertThat(Lineage.parse(FIRST + " channel=testing note=x")).isEqualTo(Lineage.parse(FIRST));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "made by hand", "qrepo", "6d1a8b7c-git-archive"})
  void leavesOtherCommentsAlone(String comment) {
    assertThat(Lineage.parse(comment)).isEmpty();
  }

  @Test
  void namesANewerVersion() {
    assertThatThrownBy(() -> Lineage.parse("qrepo/2 whatever=it is", "t.db"))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.findings().get(0).id()).isEqualTo("lineage-version"))
        .hasMessage(
            "t.db: the database was published by a newer qrepo (lineage version 2, known is 1)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "qrepo/",
        "qrepo/1",
        "qrepo/01 repository=a",
        "qrepo/1  repository=qubes-r4.3",
        "qrepo/1 seq=1 repository=a",
        "@repository=qubes-r4.3@repository=../etc",
        "@repository=qubes-r4.3@repository=-x",
        "@seq=1@seq=-1",
        "@seq=1@seq=01",
        "@seq=1@seq=9223372036854775807",
        "@seq=1@seq=9999999999999999999",
        "@parent=-@parent=ABCDEF",
        "@files=0@files=g",
        "@time=2026-11-21@time=2026-02-30",
        "@10:20:30Z@10:20:30+00:00",
        "@10:20:30Z@10:20:30.5Z",
        "@time=2026@time=1926",
        "@Z@Z ",
        "@Z@Z extra",
        "@Z@Z a=b\u0007",
        "@Z@Z\nqrepo/1"
      })
  void refusesWhatIsMalformed(String text) {
    String[] parts = text.split("@", -1);
    String comment = parts.length == 3 ? FIRST.replace(parts[1], parts[2]) : text;

    assertThat(comment).isNotEqualTo(FIRST);
    assertThatThrownBy(() -> Lineage.parse(comment))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.findings().get(0).id()).isEqualTo("lineage-malformed"));
  }

  @Test
  void refusesAnEndlessComment() {
    assertThatThrownBy(() -> Lineage.parse(FIRST + " a=" + "b".repeat(1024)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("longer than 1024");
  }

  @Test
  void holdsNothingThatCouldNotBeReadAgain() {
    Sha256 files = new Sha256(HASH);
    Instant now = Instant.parse("2026-11-21T10:20:30Z");
    assertThatThrownBy(() -> new Lineage("a b", 1, Optional.empty(), files, now))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Lineage("a", -1, Optional.empty(), files, now))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Lineage("a", 1, Optional.empty(), files, Instant.MAX))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
