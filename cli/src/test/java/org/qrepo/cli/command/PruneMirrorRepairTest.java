package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;
import org.qrepo.cli.Workplace;
import org.qrepo.it.TreeState;

/** The commands that tend a repository without a key: only its certificate is at hand. */
class PruneMirrorRepairTest {
  private final Workplace work;

  PruneMirrorRepairTest(@TempDir Path directory) throws IOException {
    work = new Workplace(directory).configure("web: {url: tree, layout: plain}");
    for (int i = 1; i <= 3; i++) {
      work.ok("publish", work.sample("hello", i + "-1"));
    }
    String certificate = work.certificate();
    work.write(
        "qrepo.yml",
        "repository: {name: t}\nsigning: {certificates: ["
            + certificate
            + "], trusted: ["
            + work.key().fingerprint()
            + "]}\ntargets:\n  web: {url: tree, layout: plain}\n  copy: {url: copy}\n");
    Files.delete(work.path("key.asc"));
  }

  @Test
  void repairFinishesWhatADeadPublisherBegan() throws IOException {
    assertThat(work.ok("repair", "web").err()).startsWith("==> Nothing to repair: every name");
    TreeState whole = TreeState.of(work.path("tree/generations"));
    Files.write(work.path("tree/t.db.sig"), new byte[] {1});
    Json json = work.json(0, "repair", "web");
    assertThat(json.text("outcome")).isEqualTo("repaired");
    assertThat(json.get("mended")).isEqualTo(List.of("t.db.sig"));
    assertThat(json.number("seq")).isEqualTo(3);
    work.ok("verify", "web");
    assertThat(TreeState.of(work.path("tree/generations"))).isEqualTo(whole);

    Files.delete(work.path("tree/t.files"));
    Run run = work.ok("repair", "web");
    assertThat(run.err()).contains("  -> mended t.files\n", "==> Repaired: every name shows");
    assertThat(work.json(0, "repair", "web").text("outcome")).isEqualTo("nothing-to-repair");
  }

  @Test
  void repairOfWhatCannotBeVerifiedIsRefused() throws IOException {
    Files.write(work.path("tree/t.db"), new byte[0]);
    TreeState before = TreeState.of(work.path("tree"));
    assertThat(work.json(3, "repair", "web").findings()).containsExactly("database-empty");
    assertThat(TreeState.of(work.path("tree"))).isEqualTo(before);
  }

  @Test
  void pruneAnnouncesAndDeletesADayLater() throws IOException {
    assertThat(work.ok("prune", "web").err())
        .isEqualTo("==> Nothing to prune: 3 generations are there, and all are kept.\n");
    Run dry = work.ok("prune", "web", "--keep", "1", "--grace", "0", "--dry-run");
    assertThat(dry.out()).contains("would announce hello-1-1-any.pkg.tar.zst\n");
    assertThat(work.path("tree/generations/prune.json")).doesNotExist();

    Json first = work.json(0, "prune", "web", "--keep", "1", "--grace", "0");
    assertThat(first.text("outcome")).isEqualTo("announced");
    assertThat(first.object("announced").get("packages"))
        .isEqualTo(List.of("hello-1-1-any.pkg.tar.zst"));
    assertThat(work.path("tree/hello-1-1-any.pkg.tar.zst")).exists();
    assertThat(work.json(0, "prune", "web", "--keep", "1", "--grace", "0").text("outcome"))
        .isEqualTo("waiting");

    Files.setLastModifiedTime(
        work.path("tree/generations/prune.json"),
        FileTime.from(Instant.now().minus(Duration.ofDays(1))));
    Run run = work.ok("prune", "web", "--keep", "1", "--grace", "0");
    assertThat(run.out()).contains("deleted hello-1-1-any.pkg.tar.zst\n");
    assertThat(run.err()).contains("==> Deleted: 1 generation and 1 package, ");
    assertThat(work.path("tree/hello-1-1-any.pkg.tar.zst")).doesNotExist();
    assertThat(work.path("tree/hello-1-1-any.pkg.tar.zst.sig")).doesNotExist();
    assertThat(work.path("tree/hello-2-1-any.pkg.tar.zst")).exists();
    assertThat(work.published("tree")).containsExactly("hello 3-1");
    work.ok("verify", "web");
  }

  @Test
  void pruneStopsAtWhatItCannotVerify() throws IOException {
    Files.createDirectories(work.path("tree/generations/mine"));
    Files.write(work.path("tree/generations/mine/x"), new byte[] {1});
    assertThat(work.json(3, "prune", "web", "--keep", "0", "--grace", "0").findings())
        .containsExactly("generation-unknown");
    assertThat(work.path("tree/generations/prune.json")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "prune web --keep -1, --keep -1: a number of generations is needed",
    "prune web --grace soon, --grace 'soon' is not a span of time",
    "prune web --grace 30, --grace '30' is not a span of time",
    "mirror web web, SRC and DST are the same place",
    "mirror web copy --depth -1, --depth -1: a number of generations is needed"
  })
  void wrongWordsAreTold(String words, String reason) {
    assertThat(work.ended(2, words.split(" ")).err()).startsWith("error: ").contains(reason);
  }

  @Test
  void mirrorCopiesWithoutAKey() {
    Json json = work.json(0, "mirror", "web", "copy");
    assertThat(json.text("outcome")).isEqualTo("mirrored");
    assertThat(json.number("packages")).isEqualTo(1);
    assertThat(json.number("generations")).isEqualTo(2);
    assertThat(json.object("check").number("packages-fetched")).isEqualTo(1);
    assertThat(work.published("copy")).containsExactly("hello 3-1");
    work.ok("verify", "copy");
    TreeState before = TreeState.of(work.path("copy"));
    assertThat(work.ok("mirror", "web", "copy").err())
        .startsWith("==> Already mirrored: generation ")
        .endsWith("Nothing was written.\n");
    assertThat(TreeState.of(work.path("copy"))).isEqualTo(before);
  }

  @Test
  void mirrorDoesNotTakeADestinationBack() throws IOException {
    work.ok("mirror", "web", "copy");
    work.write("key.asc", work.key().secretKey());
    work.ok("publish", work.sample("more", "1-1"), "--to", "copy", "--key", "key.asc");
    Run run = work.ended(6, "mirror", "web", "copy");
    assertThat(run.err())
        .contains("(seq 3) at " + work.path("tree"), "(seq 4) at " + work.path("copy"));
    assertThat(work.published("copy")).containsExactly("hello 3-1", "more 1-1");
  }

  @Test
  void mirrorAnswersInWords() {
    assertThat(work.ok("mirror", "web", "copy").err())
        .contains(
            "==> Checking as a stranger at ", "==> Mirrored. Clients of ", "1 package copied");
  }
}
