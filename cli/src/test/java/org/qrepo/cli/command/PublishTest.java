package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;
import org.qrepo.cli.Workplace;
import org.qrepo.it.TreeState;

/** Publishing into one tree: what ends in it, what is said, what is refused. */
class PublishTest {
  private final Workplace work;

  PublishTest(@TempDir Path directory) {
    work = new Workplace(directory);
  }

  private void configured() {
    work.configure("web: {url: tree}");
  }

  @Test
  void flagsAreEnough() {
    String hello = work.sample("hello", "1.0-1");
    Run run = work.ok("publish", hello, "--to", "tree", "--name", "t", "--key", "key.asc");
    assertThat(work.published("tree")).containsExactly("hello 1.0-1");
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("==> Published. Clients now see hello 1.0-1 (server gap");
    assertThat(work.path("tree/hello-1.0-1-any.pkg.tar.zst.sig")).exists();
    work.ok("verify", "tree", "--name", "t", "--trust", work.certificate(), "--deep");
  }

  @Test
  void aConfigurationSaysAllOfIt() throws IOException {
    configured();
    work.sample("hello", "1.0-1");
    work.sample("other", "1:2.0+x-1");
    Files.writeString(
        work.path("qrepo.yml"),
        Files.readString(work.path("qrepo.yml")) + "packages: {from: packages}\n");
    work.ok("publish");
    assertThat(work.published("tree")).containsExactly("hello 1.0-1", "other 1:2.0+x-1");
  }

  @Test
  void withoutNameOrKeyItIsSaidWhatIsMissing() {
    String hello = work.sample("hello", "1.0-1");
    assertThat(work.ended(2, "publish", hello, "--to", "tree", "--key", "key.asc").err())
        .isEqualTo(
            """
            error: the repository has no name
                Give it: --name N, or repository.name in qrepo.yml.
            """);
    assertThat(work.ended(2, "publish", hello, "--to", "tree", "--name", "t").err())
        .contains(
            "error: there is no key to sign with", "publish --key FILE", "qrepo key generate");
    assertThat(work.path("tree")).doesNotExist();
  }

  @Test
  void whatIsNoPackageIsToldBeforeAnythingIsRead() throws IOException {
    configured();
    work.write("template.rpm", "called an RPM");
    Files.createDirectory(work.path("empty"));
    assertThat(work.ended(2, "publish", "template.rpm").err())
        .contains("has no place for templates", "targets.NAME.templates");
    assertThat(work.ended(2, "publish", "empty").err()).contains("holds no packages");
    assertThat(work.ended(3, "publish", "gone.pkg.tar.zst").err()).contains("no such file");
    assertThat(work.ended(2, "publish", "a.pkg.tar.zst.sig").err()).contains("is a signature");
    assertThat(work.ended(2, "publish").err()).contains("nothing to publish", "packages.from");
    assertThat(work.path("tree")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"pointer", "plain"})
  void theSameAgainIsPublishedAlreadyAndNothingIsWritten(String layout) {
    configured();
    String hello = work.sample("hello", "1.0-1");
    work.ok("publish", hello, "--layout", layout);
    TreeState before = TreeState.of(work.path("tree"));
    int receipts = work.receipts().size();
    assertThat(work.ok("publish", hello, "--layout", layout).err())
        .containsPattern(
            "==> Already published: generation [0-9a-f]{16} \\(seq 1\\)\\. Nothing was written\\.");
    assertThat(TreeState.of(work.path("tree"))).isEqualTo(before);
    assertThat(work.receipts()).hasSize(receipts);
    assertThat(work.json(0, "publish", hello, "--layout", layout).text("outcome"))
        .isEqualTo("already-published");
  }

  @Test
  void initMakesAnEmptyRepositoryAndRefusesOneThatIsThere() {
    configured();
    assertThat(work.ok("publish", "--init").err()).contains("Clients now see an empty repository");
    assertThat(work.published("tree")).isEmpty();
    TreeState before = TreeState.of(work.path("tree"));
    String hello = work.sample("hello", "1.0-1");
    Json refused = work.json(3, "publish", "--init", hello);
    assertThat(refused.findings()).containsExactly("repository-exists");
    assertThat(TreeState.of(work.path("tree"))).isEqualTo(before);
  }

  @Test
  void whatWasRemovedOnPurposeBeginsAnewWithInit() throws IOException {
    configured();
    work.ok("publish", work.sample("hello", "1.0-1"));
    work.ok("publish", work.sample("more", "1-1"));
    Files.move(work.path("tree"), work.path("removed"));
    Json lost = work.json(3, "publish", "packages");
    assertThat(lost.findings()).containsExactly("database-lost");
    assertThat(work.ended(3, "publish", "packages").err())
        .contains("but seq 2 was published here before", "qrepo publish --init begins anew");
    assertThat(work.path("tree")).doesNotExist();

    work.ok("publish", "packages", "--init", "--dry-run");
    work.ended(3, "publish", "packages");
    assertThat(work.json(0, "publish", "packages", "--init").number("seq")).isEqualTo(1);
    assertThat(work.json(0, "publish", work.sample("hello", "1.0-2")).number("seq")).isEqualTo(2);
    assertThat(work.published("tree")).containsExactly("hello 1.0-2", "more 1-1");
  }

  @Test
  void otherBytesOfAVersionNeedReplace() throws IOException {
    configured();
    work.ok("publish", work.sample("hello", "1.0-1", "one"));
    TreeState before = TreeState.of(work.path("tree"));
    byte[] first = Files.readAllBytes(work.path("tree/hello-1.0-1-any.pkg.tar.zst"));
    String other = work.sample("hello", "1.0-1", "two");
    Run refused = work.ended(3, "publish", other);
    assertThat(refused.err())
        .contains("error: hello-1.0-1-any.pkg.tar.zst: ", "--replace", "Nothing was changed.");
    assertThat(TreeState.of(work.path("tree"))).isEqualTo(before);

    assertThat(work.ok("publish", other, "--replace").err()).contains("hello 1.0-1 (rebuilt)");
    String stored = work.entry("tree", "hello").fileName();
    assertThat(stored).matches("hello-1\\.0-1-any\\.[0-9a-f]{8}\\.pkg\\.tar\\.zst");
    assertThat(work.path("tree/" + stored)).hasSameBinaryContentAs(work.path(other));
    assertThat(Files.readAllBytes(work.path("tree/hello-1.0-1-any.pkg.tar.zst"))).isEqualTo(first);
    work.ok("verify", "--deep");
  }

  @Test
  void aLowerVersionNeedsAllowDowngrade() {
    configured();
    work.ok("publish", work.sample("hello", "2.0-1"));
    String lower = work.sample("hello", "1.0-1");
    Json refused = work.json(3, "publish", lower);
    assertThat(refused.findings()).containsExactly("package-downgrade");
    assertThat(refused.get("closing")).isEqualTo(List.of("Nothing was changed."));
    assertThat(work.published("tree")).containsExactly("hello 2.0-1");
    assertThat(work.ok("publish", lower, "--allow-downgrade").err())
        .contains("hello 2.0-1 → 1.0-1 (downgrade)");
    assertThat(work.published("tree")).containsExactly("hello 1.0-1");
  }

  @Test
  void theFormatOfEntriesCanBeChosen() {
    configured();
    work.ok("publish", work.sample("new", "1-1"));
    work.ok("publish", work.sample("old", "1-1"), "--desc", "v1");
    work.ok("publish", work.sample("signed", "1-1"), "--include-sigs");
    assertThat(work.entry("tree", "new").values("MD5SUM")).isEmpty();
    assertThat(work.entry("tree", "new").values("PGPSIG")).isEmpty();
    assertThat(work.entry("tree", "old").values("MD5SUM")).hasSize(1);
    assertThat(work.entry("tree", "signed").values("PGPSIG")).hasSize(1);
    assertThat(work.ended(2, "publish", "packages", "--desc", "v3").err())
        .contains("--desc: ", "'v3' is none of v1, v2");
  }

  @Test
  void oneRefusedPackageRefusesAllOfThem() throws IOException {
    configured();
    work.sample("good", "1-1");
    Path bad = work.path(work.sample("bad", "1-1"));
    byte[] bytes = Files.readAllBytes(bad);
    Files.write(bad, java.util.Arrays.copyOf(bytes, bytes.length - 5));
    work.write("packages/worse-1-1-any.pkg.tar.zst", "<html>404</html>");
    Json json = work.json(3, "publish", "packages");
    assertThat(json.each("findings", "subject"))
        .containsExactlyInAnyOrder("bad-1-1-any.pkg.tar.zst", "worse-1-1-any.pkg.tar.zst");
    assertThat(work.path("tree")).doesNotExist();
  }

  @Test
  void aReceiptIsKeptForItsOwner() throws IOException {
    configured();
    work.ok("publish", work.sample("hello", "1.0-1"));
    Run run = work.ok("publish", work.sample("hello", "1.0-2"), "-v");
    List<Json> receipts = work.receipts();
    assertThat(receipts).hasSize(2);
    Json last = receipts.get(1);
    assertThat(last.text("schema")).isEqualTo("qrepo.receipt/1");
    assertThat(last.text("outcome")).isEqualTo("published");
    assertThat(last.number("seq")).isEqualTo(2);
    assertThat(last.text("location")).isEqualTo(work.path("tree").toString());
    assertThat(last.object("check").get("reached")).isEqualTo(true);
    assertThat(last.object("check").findings()).isEmpty();
    String file = run.err().lines().filter(l -> l.contains("receipt: ")).findFirst().orElseThrow();
    Path kept = Path.of(file.substring(file.indexOf('/')));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
        .isEqualTo("rw-------");
    assertThat(kept.getParent()).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void aReceiptThatCannotBeKeptSpoilsNothing() {
    configured();
    work.write("home/.local/state/qrepo/receipts", "a file where the directory should be");
    Run run = work.ok("publish", work.sample("hello", "1.0-1"));
    assertThat(run.err()).contains("warning: ", "the receipt of this publish cannot be kept there");
    assertThat(work.published("tree")).containsExactly("hello 1.0-1");
  }

  @Test
  void theAnswerForScriptsHasAllOfIt() {
    configured();
    work.ok("publish", work.sample("hello", "1.0-1"), work.sample("same", "1-1"));
    work.sample("hello", "1.0-2");
    Json json =
        work.json(
            0,
            "publish",
            "packages/hello-1.0-2-any.pkg.tar.zst",
            "packages/same-1-1-any.pkg.tar.zst",
            work.sample("new", "1-1"));
    assertThat(json.fields().keySet())
        .containsExactly(
            "schema",
            "ok",
            "exit",
            "warnings",
            "outcome",
            "repository",
            "location",
            "generation",
            "seq",
            "database",
            "changes",
            "unchanged",
            "objects",
            "bytes",
            "finished",
            "milliseconds",
            "gap-milliseconds",
            "check");
    assertThat(json.text("outcome")).isEqualTo("published");
    assertThat(json.number("seq")).isEqualTo(2);
    assertThat(json.number("unchanged")).isEqualTo(1);
    assertThat(json.each("changes", "package")).containsExactly("hello", "new");
    assertThat(json.each("changes", "kind")).containsExactly("upgraded", "added");
    assertThat(json.each("changes", "before")).containsExactly("1.0-1", "null");
    assertThat(json.text("database")).startsWith(json.text("generation"));
    assertThat(json.object("check").number("packages-fetched")).isEqualTo(2);
  }

  @Test
  void quietSaysNothingThatIsNotWrong() {
    configured();
    Run done = work.ok("publish", work.sample("hello", "1.0-1"), "-q");
    assertThat(done.out() + done.err()).isEmpty();
    Run again = work.ok("publish", "packages", "-q");
    assertThat(again.out() + again.err()).isEmpty();
    assertThat(work.ended(3, "publish", "gone", "-q").err()).startsWith("error: ");
  }

  @ParameterizedTest
  @CsvSource({"add", "publish"})
  void addPublishesToo(String command) {
    configured();
    work.ok(command, work.sample("hello", "1.0-1"));
    assertThat(work.published("tree")).containsExactly("hello 1.0-1");
    assertThat(work.json(0, command, "packages").text("outcome")).isEqualTo("already-published");
  }

  @Test
  void addWorksOnOneRepository() {
    work.configure("a: {url: a}", "b: {url: b}");
    String hello = work.sample("hello", "1.0-1");
    assertThat(work.ended(2, "add", hello, "--to", "a", "--to", "b").err())
        .contains("one repository at a time");
    work.ok("add", hello, "--to", "b");
    assertThat(work.path("a")).doesNotExist();
    assertThat(work.ended(2, "add").err()).contains("missing required parameter");
  }

  @Test
  void sourceDateEpochMustBeANumber() {
    configured();
    work.env("SOURCE_DATE_EPOCH", "yesterday");
    assertThat(work.ended(2, "publish", work.sample("hello", "1.0-1")).err())
        .contains("SOURCE_DATE_EPOCH=yesterday is not a number of seconds");
  }
}
