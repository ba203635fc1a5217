package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;
import org.qrepo.cli.Workplace;
import org.qrepo.it.TreeState;

/** Which repository is meant, and several of them at once. */
class PublishTargetsTest {
  private final Workplace work;
  private final String hello;

  PublishTargetsTest(@TempDir Path directory) {
    work = new Workplace(directory);
    hello = work.sample("hello", "1.0-1");
  }

  @Test
  void theOnlyTargetIsMeant() {
    work.configure("web: {url: tree}").ok("publish", hello);
    assertThat(work.published("tree")).containsExactly("hello 1.0-1");
  }

  @ParameterizedTest
  @CsvSource({
    "publish packages",
    "add packages",
    "remove hello",
    "list",
    "status",
    "log",
    "verify"
  })
  void severalTargetsAreNamed(String words) {
    work.configure("web: {url: a}", "bucket: {url: b}");
    Run run = work.ended(2, words.split(" "));
    assertThat(run.err()).isEqualTo("error: say which target is meant: web, bucket\n");
    assertThat(work.path("a")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"publish packages", "remove hello", "list", "status", "log", "verify"})
  void withoutTargetsAPlaceIsAskedFor(String words) {
    assertThat(work.ended(2, words.split(" ")).err())
        .contains("error: say where the repository is", "Name a directory");
  }

  @Test
  void aWordThatIsNoTargetIsNotADirectoryToMake() {
    work.configure("web: {url: a}", "bucket: {url: b}");
    assertThat(work.ended(2, "publish", hello, "--to", "wed").err())
        .isEqualTo(
            """
            error: 'wed' is not a target of the configuration, and there is no such directory
                Targets: web, bucket.
                For a new directory write ./wed.
            """);
    assertThat(work.path("wed")).doesNotExist();
    work.ok("publish", hello, "--to", "./wed");
    work.ok("publish", hello, "--to", "wed");
    assertThat(work.published("wed")).containsExactly("hello 1.0-1");
  }

  @Test
  void directoriesAndUrlsArePlaces() {
    work.configure("web: {url: a}");
    String file = work.path("by-url").toUri().toString().replaceAll("/$", "");
    Json json = work.json(0, "publish", hello, "--to", file);
    assertThat(json.text("location")).isEqualTo(work.path("by-url").toString());
    assertThat(work.published("by-url")).containsExactly("hello 1.0-1");
    assertThat(work.path("a")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "ftp://user@example.org/srv/x, there is no store for ftp://",
    "sftp://user@example.org/srv/%zz, is not a URL",
    "s3://Bucket/prefix, 'Bucket' is no bucket",
    "https://example.org/x?y, has a query or fragment",
    "user@example.org:x, neither a path nor a URL",
    "sftp://u:secret@example.org/x, the place holds a password; secrets do not belong in a URL",
    "'', the place is empty"
  })
  void whatCannotBePublishedToIsToldAtOnce(String place, String reason) {
    work.configure("web: {url: a}");
    Run run = work.ended(2, "publish", hello, "--to", place);
    assertThat(run.err())
        .startsWith("error: ")
        .contains(reason)
        .doesNotContain("user@example.org/", "u:secret");
  }

  @Test
  void aPlaceIsNeverATargetOfTheConfigurationThatHappensToBeCalledSo() {
    work.configure("here: {url: configured, layout: plain}", "web: {url: a}");
    work.ok("publish", hello, "--to", "./elsewhere", "--to", "here");
    assertThat(work.path("elsewhere/current")).isSymbolicLink();
    assertThat(work.path("configured/current")).doesNotExist();
    assertThat(work.published("configured")).containsExactly("hello 1.0-1");
  }

  @Test
  void severalTargetsHaveAVerdictEachAndTheFirstFailureIsTheCode() throws IOException {
    work.configure("good: {url: a}", "bad: {url: b}", "last: {url: c}");
    Files.createDirectory(work.path("b"));
    work.write("b/t.db", "<html>error</html>");
    TreeState before = TreeState.of(work.path("b"));
    String[] words = {"publish", hello, "--to", "good", "--to", "bad", "--to", "last"};
    Run run = work.ended(3, words);
    assertThat(run.err())
        .contains("==> Target good", "==> Target bad", "==> Target last")
        .contains("error: t.db: this is a web page, not a database")
        .endsWith("==> good: done\n==> bad: refused\n==> last: done\n");
    assertThat(work.published("a")).isEqualTo(work.published("c")).containsExactly("hello 1.0-1");
    assertThat(TreeState.of(work.path("b"))).isEqualTo(before);

    Json json = work.json(3, words);
    assertThat(json.findings()).containsExactly("database-html");
    assertThat(json.each("targets", "target")).containsExactly("good", "bad", "last");
    assertThat(json.each("targets", "exit-code")).containsExactly("0", "3", "0");
    assertThat(json.objects("targets").get(0).text("outcome")).isEqualTo("already-published");
    assertThat(json.objects("targets").get(1).findings()).containsExactly("database-html");
  }

  @Test
  void everyFailureIsInTheAnswer() throws IOException {
    work.configure("one: {url: a}", "two: {url: b}");
    Files.createDirectory(work.path("a"));
    work.write("a/t.db", "<html>error</html>");
    Json json = work.json(3, "publish", hello, "--to", "one", "--to", "two", "--to", "s3://b/c");
    assertThat(json.findings()).containsExactly("database-html", "usage");
    assertThat(json.each("targets", "target")).containsExactly("one", "two", "s3://b/c");
    assertThat(json.each("targets", "exit-code")).containsExactly("3", "0", "2");
  }

  @Test
  void unnamedTargetsAreCalledByTheirPlace() {
    Run run =
        work.ok(
            "publish", hello, "--name", "t", "--key", "key.asc", "--to", "x", "--to", "y", "--to",
            "x");
    assertThat(run.err())
        .endsWith("==> %s: done\n==> %s: done\n".formatted(work.path("x"), work.path("y")))
        .containsOnlyOnce("==> Target " + work.path("x"));
  }

  @Test
  void oneServerIsNotThatOfSeveral() {
    work.configure("a: {url: a}", "b: {url: b}");
    Run run =
        work.ended(
            2, "publish", hello, "--to", "a", "--to", "b", "--server", "https://example.org");
    assertThat(run.err()).contains("--server is where clients find one repository");
  }

  @Test
  void aPlanIsForOneTarget() {
    work.configure("a: {url: a}", "b: {url: b}");
    Run run = work.ended(2, "publish", hello, "--to", "a", "--to", "b", "--plan-out", "plan");
    assertThat(run.err()).contains("a plan is for one target");
  }
}
