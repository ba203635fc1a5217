package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;
import org.qrepo.cli.Workplace;
import org.qrepo.it.TreeState;

class RemoveTest {
  private final Workplace work;

  RemoveTest(@TempDir Path directory) {
    work = new Workplace(directory).configure("web: {url: tree}");
  }

  @BeforeEach
  void publishTwo() {
    work.ok("publish", work.sample("hello", "1-1"), work.sample("other", "1-1"));
  }

  @Test
  void takesOutAndLeavesTheFiles() {
    Run run = work.ok("remove", "hello");
    assertThat(run.err()).contains("  -> hello 1-1 (removed)", "Clients now see no hello any more");
    assertThat(work.published("tree")).containsExactly("other 1-1");
    assertThat(work.path("tree/hello-1-1-any.pkg.tar.zst")).exists();
  }

  @Test
  void twiceTheSameIsDoneAlready() {
    work.ok("remove", "hello");
    TreeState before = TreeState.of(work.path("tree"));
    Json again = work.json(0, "remove", "hello");
    assertThat(again.text("outcome")).isEqualTo("already-published");
    assertThat(TreeState.of(work.path("tree"))).isEqualTo(before);
  }

  @Test
  void anUnknownNameRefusesAllOfIt() {
    TreeState before = TreeState.of(work.path("tree"));
    Json json = work.json(3, "remove", "hello", "helo");
    assertThat(json.findings()).containsExactly("package-not-published");
    assertThat(json.each("findings", "subject")).containsExactly("helo");
    assertThat(TreeState.of(work.path("tree"))).isEqualTo(before);
  }

  @Test
  void whatIsNoNameIsWrongUsage() {
    assertThat(work.ended(2, "remove", "hello-1-1-any.pkg.tar.zst/").err()).contains("error: ");
    assertThat(work.ended(2, "remove").err()).contains("missing required parameter");
  }

  @Test
  void theLastOneLeavesAnEmptyRepository() {
    work.ok("remove", "hello", "other", "--from", "web");
    assertThat(work.published("tree")).isEmpty();
    work.ok("verify", "--deep");
    assertThat(work.ok("list").out()).isEmpty();
  }
}
