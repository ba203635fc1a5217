package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;
import org.qrepo.cli.Workplace;
import org.qrepo.it.TreeState;

class RollbackTest {
  private final Workplace work;
  private String first = "";

  RollbackTest(@TempDir Path directory) {
    work = new Workplace(directory).configure("web: {url: tree}");
  }

  @BeforeEach
  void publishTwice() {
    first =
        work.json(0, "publish", work.sample("hello", "1-1"), work.sample("other", "1-1"))
            .text("generation");
    work.ok("publish", work.sample("hello", "2-1"), work.sample("more", "1-1"));
  }

  @Test
  void theLastLineTellsUsersHowToGoBack() {
    Run run = work.ok("rollback");
    assertThat(run.err())
        .contains("  -> hello 2-1 → 1-1 (downgrade)", "  -> more 1-1 (removed)")
        .contains("Rolled back. Clients now see hello 1-1 and no more any more")
        .endsWith("    Users who have upgraded go back with: pacman -Syyuu\n");
    assertThat(work.published("tree")).containsExactly("hello 1-1", "other 1-1");
    work.ok("verify", "--deep");
  }

  @Test
  void theNextRollbackUndoesIt() {
    work.ok("rollback", "web");
    work.ok("rollback", "web");
    assertThat(work.published("tree")).containsExactly("hello 2-1", "more 1-1", "other 1-1");
  }

  @Test
  void aNamedGenerationIsPublishedOnce() {
    Json done = work.json(0, "rollback", "--to-generation", first, "--deep");
    assertThat(done.text("outcome")).isEqualTo("published");
    assertThat(done.number("seq")).isEqualTo(3);
    assertThat(done.each("changes", "kind")).containsExactly("downgraded", "removed");
    TreeState before = TreeState.of(work.path("tree"));

    Run again = work.ok("rollback", "--to-generation", first);
    assertThat(again.err())
        .contains("Nothing to do: these packages are live already", "Nothing was written.")
        .doesNotContain("-Syyuu");
    assertThat(work.json(0, "rollback", "--to-generation", first).text("outcome"))
        .isEqualTo("already-published");
    assertThat(TreeState.of(work.path("tree"))).isEqualTo(before);
  }

  @Test
  void aDryRunNeedsNoKeyAndTouchesNothing() throws IOException {
    Files.delete(work.path("key.asc"));
    TreeState before = TreeState.of(work.path("."));
    Run run = work.ok("rollback", "--dry-run", "--trust", work.certificate());
    assertThat(run.err()).contains("A rollback would do this:", "Nothing was written.");
    Files.delete(work.path("cert.asc"));
    assertThat(run.out())
        .startsWith("write generation seq 3 (2 packages)\nkeep hello-1-1-any.pkg.tar.zst (")
        .endsWith("commit seq 3 (pointer layout)\n");
    assertThat(TreeState.of(work.path("."))).isEqualTo(before);
  }

  @Test
  void whatIsGoneFromTheStoreIsNamed() throws IOException {
    Files.delete(work.path("tree/hello-1-1-any.pkg.tar.zst"));
    TreeState before = TreeState.of(work.path("tree"));
    Json json = work.json(3, "rollback");
    assertThat(json.findings()).containsExactly("package-gone");
    assertThat(json.each("findings", "subject")).containsExactly("hello-1-1-any.pkg.tar.zst");
    assertThat(work.ended(3, "rollback").err()).contains("Nothing was changed.");
    assertThat(TreeState.of(work.path("tree"))).isEqualTo(before);
  }

  @Test
  void wrongUsageIsNamed() {
    assertThat(work.ended(2, "rollback", "--to-generation", "1a2b").err())
        .contains("--to-generation: '1a2b' is not a generation", "qrepo log");
    assertThat(work.json(3, "rollback", "--to-generation", "0123456789abcdef").findings())
        .containsExactly("generation-not-in-chain");
    work.ended(2, "rollback", "--init");
  }
}
