package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;
import org.qrepo.cli.Workplace;
import org.qrepo.it.TreeState;

class PromoteTest {
  private final Workplace work;

  PromoteTest(@TempDir Path directory) {
    work = new Workplace(directory).configure("testing: {url: from}", "stable: {url: to}");
  }

  @BeforeEach
  void publishIntoTesting() {
    work.ok("publish", work.sample("hello", "1-1"), work.sample("other", "1-1"), "--to", "testing");
  }

  private Run promote(int code, String... more) {
    return work.ended(code, words(more));
  }

  private static String[] words(String... more) {
    String[] words = new String[more.length + 5];
    System.arraycopy(
        new String[] {"promote", "--from", "testing", "--to", "stable"}, 0, words, 0, 5);
    System.arraycopy(more, 0, words, 5, more.length);
    return words;
  }

  @Test
  void takesNamedPackagesOverAndLeavesTheSourceAlone() throws IOException {
    TreeState before = TreeState.of(work.path("from"));
    Run run = promote(0, "hello");
    assertThat(run.err())
        .contains("  -> hello 1-1 (new)", "Signing 2 databases", "Promoted. Clients now see hello");
    assertThat(work.published("to")).containsExactly("hello 1-1");
    assertThat(work.entry("to", "hello")).isEqualTo(work.entry("from", "hello"));
    assertThat(work.path("to/hello-1-1-any.pkg.tar.zst.sig"))
        .hasSameBinaryContentAs(work.path("from/hello-1-1-any.pkg.tar.zst.sig"));
    assertThat(TreeState.of(work.path("from"))).isEqualTo(before);
    work.ok("verify", "stable", "--deep");
  }

  @Test
  void allOfThemTwiceIsDoneAlready() {
    promote(0, "--all");
    assertThat(work.published("to")).containsExactly("hello 1-1", "other 1-1");
    TreeState before = TreeState.of(work.path("to"));
    Json again = work.json(0, words("--all"));
    assertThat(again.text("outcome")).isEqualTo("already-published");
    assertThat(TreeState.of(work.path("to"))).isEqualTo(before);
  }

  @Test
  void aDryRunNamesTheSourceAndMakesNoDirectory() throws IOException {
    Run run = promote(0, "hello", "--dry-run");
    assertThat(run.out())
        .startsWith("write generation seq 1 (1 package)\nupload hello-1-1-any.pkg.tar.zst (")
        .contains("hello-1-1-any.pkg.tar.zst.sig (found beside the package)")
        .endsWith("commit seq 1 (pointer layout)\n");
    assertThat(run.err()).contains("A promotion would do this:");
    Json json = work.json(0, words("hello", "--dry-run"));
    assertThat(json.objects("steps").get(1).text("source"))
        .isEqualTo(work.path("from") + "/hello-1-1-any.pkg.tar.zst");
    assertThat(Files.exists(work.path("to"))).isFalse();
  }

  @Test
  void whatIsTooYoungOrUnknownOrLowerIsRefused() {
    assertThat(work.json(3, words("--all", "--min-age", "5d")).findings())
        .containsExactly("package-too-young", "package-too-young");
    assertThat(work.json(3, words("helo")).findings()).containsExactly("package-not-in-source");
    work.ok("publish", work.sample("hello", "2-1"), "--to", "stable");
    assertThat(work.json(3, words("hello")).findings()).containsExactly("package-downgrade");
    promote(0, "hello", "--allow-downgrade");
    assertThat(work.published("to")).containsExactly("hello 1-1");
  }

  @Test
  void anOldVersionIsFit() {
    work.env("SOURCE_DATE_EPOCH", "1700000000");
    work.ok("publish", work.sample("old", "1-1"), "--to", "testing");
    work.without("SOURCE_DATE_EPOCH");
    promote(0, "old", "--min-age", "5d");
    assertThat(work.published("to")).containsExactly("old 1-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "d", "-1d", "5w", "1.5d", "999999d"})
  void anAgeThatIsNoneIsWrongUsage(String age) {
    assertThat(promote(2, "--all", "--min-age=" + age).err()).contains("error: ");
  }

  @Test
  void wrongUsageIsNamed() {
    assertThat(promote(2).err()).contains("name packages, or say --all");
    assertThat(promote(2, "hello", "--all").err()).contains("name packages, or say --all");
    assertThat(work.ended(2, "promote", "--all", "--from", "testing").err()).contains("--to");
    assertThat(work.ended(2, "promote", "--all", "--from", "testing", "--to", "testing").err())
        .contains("--from and --to are the same repository");
  }
}
