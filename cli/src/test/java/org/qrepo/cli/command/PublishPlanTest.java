package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;
import org.qrepo.cli.Workplace;
import org.qrepo.it.TreeState;
import org.qrepo.sign.TestKeys;

/** A plan is shown, saved, and carried out as it was shown or not at all. */
class PublishPlanTest {
  private final Path directory;
  private final Workplace work;

  PublishPlanTest(@TempDir Path directory) {
    this.directory = directory;
    this.work =
        new Workplace(
            directory,
            TestKeys.ed25519(Workplace.passphrase("secret"), java.util.Optional.empty()));
    work.configure("web: {url: tree}");
  }

  private void publish(String... packages) {
    work.env("QREPO_PASSPHRASE", "secret");
    String[] words = new String[packages.length + 1];
    words[0] = "publish";
    System.arraycopy(packages, 0, words, 1, packages.length);
    work.ok(words);
    work.without("QREPO_PASSPHRASE");
  }

  @Test
  void aDryRunListsEveryFileAndTouchesNothing() {
    String kept = work.sample("kept", "1-1");
    publish(kept, work.sample("hello", "1.0-1"));
    String update = work.sample("hello", "1.0-2");
    TreeState before = TreeState.of(directory);
    Run run = work.ok("publish", kept, update, "--dry-run");
    assertThat(TreeState.of(directory)).isEqualTo(before);
    assertThat(run.out())
        .isEqualTo(
            """
            write generation seq 2 (2 packages)
            upload hello-1.0-2-any.pkg.tar.zst (%d B, not in the store yet)
            upload hello-1.0-2-any.pkg.tar.zst.sig (to be made)
            commit seq 2 (pointer layout)
            """
                .formatted(work.path(update).toFile().length()));
    assertThat(run.err()).contains("hello 1.0-1 → 1.0-2", "1 unchanged", "Nothing was written.");
    assertThat(work.ok("publish", update, "--dry-run", "-q").out()).isEqualTo(run.out());
  }

  @Test
  void aDryRunIntoNothingMakesNoDirectory() {
    Json json = work.json(0, "publish", work.sample("hello", "1-1"), "--dry-run");
    assertThat(json.each("steps", "do"))
        .containsExactly(
            "sign-package", "write-generation", "upload-package", "upload-signature", "commit");
    assertThat(json.objects("steps").get(2).number("size"))
        .isEqualTo(json.number("upload-bytes"))
        .isPositive();
    assertThat(json.text("base")).isEqualTo("null");
    assertThat(json.number("seq")).isEqualTo(1);
    assertThat(work.path("tree")).doesNotExist();
    assertThat(work.path("home")).doesNotExist();
  }

  @Test
  void aDryRunRefusesWhatAPublishWouldRefuse() {
    publish(work.sample("hello", "2-1"));
    Run run = work.ended(3, "publish", work.sample("hello", "1-1"), "--dry-run");
    assertThat(run.err()).contains("the published version is higher");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void aDryRunOfWhatIsPublishedHasNoSteps() {
    String hello = work.sample("hello", "1-1");
    publish(hello);
    Run run = work.ok("publish", hello, "--dry-run");
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("Already published. A publish would write nothing.");
  }

  @Test
  void aDryRunOfARemovalAndOfAnAddition() {
    publish(work.sample("hello", "1-1"));
    assertThat(work.ok("remove", "hello", "--dry-run").out())
        .isEqualTo("write generation seq 2 (0 packages)\ncommit seq 2 (pointer layout)\n");
    assertThat(work.ok("add", work.sample("more", "1-1"), "--dry-run").out())
        .contains("upload more-1-1-any.pkg.tar.zst (");
    assertThat(work.published("tree")).containsExactly("hello 1-1");
  }

  @Test
  void aSavedPlanIsCarriedOutAndThenDone() {
    publish(work.sample("hello", "1.0-1"));
    Run saved = work.ok("publish", work.sample("hello", "1.0-2"), "--plan-out", "plan.json");
    assertThat(saved.err()).contains("the plan is in " + work.path("plan.json"));
    assertThat(work.published("tree")).containsExactly("hello 1.0-1");
    work.env("QREPO_PASSPHRASE", "secret");
    work.ok("publish", "--plan", "plan.json", "--dry-run");
    Json json = work.json(0, "publish", "--plan", "plan.json");
    assertThat(json.number("seq")).isEqualTo(2);
    assertThat(work.published("tree")).containsExactly("hello 1.0-2");
    TreeState before = TreeState.of(work.path("tree"));
    assertThat(work.json(0, "publish", "--plan", "plan.json").text("outcome"))
        .isEqualTo("already-published");
    assertThat(TreeState.of(work.path("tree"))).isEqualTo(before);
  }

  @Test
  void thePlanOfARefusedOptionCarriesTheOption() {
    publish(work.sample("hello", "2-1"));
    work.ok("publish", work.sample("hello", "1-1"), "--allow-downgrade", "--plan-out", "plan");
    work.env("QREPO_PASSPHRASE", "secret").ok("publish", "--plan", "plan");
    assertThat(work.published("tree")).containsExactly("hello 1-1");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPlanThatNoLongerFitsIsAConflict(boolean dryRun) {
    publish(work.sample("hello", "1-1"));
    work.ok("publish", work.sample("more", "1-1"), "--plan-out", "plan");
    publish(work.sample("rival", "1-1"));
    work.env("QREPO_PASSPHRASE", "secret");
    TreeState before = TreeState.of(work.path("tree"));
    String[] words = dryRun ? new String[] {"publish", "--plan", "plan", "--dry-run"} : words();
    Json json = work.json(6, words);
    assertThat(json.findings()).containsExactly("conflict");
    assertThat(json.each("findings", "reason").get(0)).contains("plan no longer fits");
    assertThat(TreeState.of(work.path("tree"))).isEqualTo(before);
  }

  private static String[] words() {
    return new String[] {"publish", "--plan", "plan"};
  }

  @Test
  void otherPackagesThanPlannedAreAConflict() {
    work.ok("publish", work.sample("hello", "1-1", "one"), "--plan-out", "plan");
    work.sample("hello", "1-1", "two, which is longer");
    work.env("QREPO_PASSPHRASE", "secret").ended(6, "publish", "--plan", "plan");
    assertThat(work.path("tree")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"packages", "--init", "--replace", "--allow-downgrade"})
  void aPlanSaysAllOfItItself(String more) {
    work.ok("publish", work.sample("hello", "1-1"), "--plan-out", "plan");
    assertThat(work.ended(2, "publish", "--plan", "plan", more).err())
        .contains("--plan says what is published: leave packages and options out");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|it is not a JSON object",
        "[]|it is not a JSON object",
        "{|It is damaged in line 1",
        "{}|Its schema is not qrepo.plan/1",
        "{\"schema\": \"qrepo.plan/2\"}|Its schema is not qrepo.plan/1",
        "{\"schema\": \"qrepo.publish/1\", \"packages\": []}|Its schema is not qrepo.plan/1",
        "{\"schema\": {}}|Its schema is not qrepo.plan/1",
        "{\"schema\": \"qrepo.plan/1\", \"packages\": \"a\"}|\"packages\" is not a list of texts",
        "{\"schema\": \"qrepo.plan/1\", \"removals\": [1]}|\"removals\" is not a list of texts",
        "{\"schema\": \"qrepo.plan/1\", \"packages\": [\"a\\u0000b\"]}|Nul character",
        "{\"schema\": \"qrepo.plan/1\", \"removals\": [\"-x\"]}|package name",
        "{\"schema\": \"qrepo.plan/1\", \"packages\": [\"a\"|It is damaged in line 1",
      })
  void whatIsNoPlanIsNotCarriedOut(String text, String reason) {
    work.write("plan", text);
    Run run = work.ended(2, "publish", "--plan", "plan");
    assertThat(run.err())
        .startsWith("error: ")
        .contains("is not a plan")
        .containsIgnoringCase(reason);
    assertThat(run.err()).contains("--plan-out");
  }

  @Test
  void aPlanThatIsMissingOrNoTextIsTold() throws IOException {
    assertThat(work.ended(2, "publish", "--plan", "gone").err()).contains("gone: no such file");
    assertThat(work.ended(2, "publish", "--plan", "packages").err()).contains("is not a file");
    work.write("binary", new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThat(work.ended(2, "publish", "--plan", "binary").err()).contains("It is not a text");
  }

  @Test
  void aPlanCutAnywhereIsRefused() throws IOException {
    work.ok("publish", work.sample("hello", "1-1"), "--plan-out", "plan");
    String whole = Files.readString(work.path("plan")).strip();
    work.env("QREPO_PASSPHRASE", "secret");
    for (int length = 0; length < whole.length(); length += 7) {
      work.write("cut", whole.substring(0, length));
      work.ended(2, "publish", "--plan", "cut");
    }
    assertThat(work.path("tree")).doesNotExist();
  }

  @Test
  void aPlanIsNotSavedWhereItCannotBe() {
    Run run =
        work.qrepo("publish", work.sample("hello", "1-1"), "--plan-out", "no/such/directory/plan");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("no/such/directory");
  }
}
