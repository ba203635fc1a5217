package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;
import org.qrepo.cli.Workplace;
import org.qrepo.it.TreeState;

/** {@code list}, {@code status} and {@code log}: what they say, and that they only look. */
class LookingTest {
  private final Workplace work;

  LookingTest(@TempDir Path directory) {
    work = new Workplace(directory).configure("web: {url: tree}");
  }

  private void from(String packages) throws IOException {
    Path file = work.path("qrepo.yml");
    Files.writeString(file, Files.readString(file) + "packages: {from: " + packages + "}\n");
  }

  @Test
  void listNamesWhatIsPublished() {
    Run nothing = work.ok("list");
    assertThat(nothing.out()).isEmpty();
    assertThat(nothing.err()).isEqualTo("==> Nothing is published at " + work.path("tree") + "\n");
    assertThat(work.json(0, "list").number("seq")).isZero();

    work.ok("publish", work.sample("other", "1:2.0+x-1"), work.sample("hello", "1.0-1"));
    assertThat(work.ok("list").out()).isEqualTo("hello 1.0-1\nother 1:2.0+x-1\n");
    assertThat(work.ok("list", "tree", "-q").out()).isEqualTo("hello 1.0-1\nother 1:2.0+x-1\n");
    Json json = work.json(0, "list");
    assertThat(json.text("repository")).isEqualTo("t");
    assertThat(json.each("packages", "name")).containsExactly("hello", "other");
    Json hello = json.objects("packages").get(0);
    assertThat(hello.text("file")).isEqualTo("hello-1.0-1-any.pkg.tar.zst");
    assertThat(hello.number("size"))
        .isEqualTo(work.path("tree/hello-1.0-1-any.pkg.tar.zst").toFile().length());
    assertThat(hello.text("sha256")).matches("[0-9a-f]{64}");
    assertThat(hello.text("arch")).isEqualTo("any");
  }

  @Test
  void listTrustsNoOne() throws IOException {
    work.ok("publish", work.sample("hello", "1.0-1"));
    Path database = work.path("tree/t.db").toRealPath();
    byte[] bytes = Files.readAllBytes(database);
    bytes[bytes.length / 2] ^= 1;
    Files.setPosixFilePermissions(
        database, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    Files.write(database, bytes);
    for (String command : List.of("list", "status", "log")) {
      assertThat(work.json(3, command).findings()).hasSize(1);
      assertThat(work.ended(3, command).err()).doesNotContain("Nothing was changed");
    }
  }

  @Test
  void statusTellsWhatAPublishWouldChange() throws IOException {
    work.sample("gone", "1-1");
    work.ok("publish", work.sample("hello", "1.0-1"));
    Run nothing = work.ok("status");
    assertThat(nothing.out()).containsPattern("^t: generation [0-9a-f]{16} \\(seq 1\\) at /");
    assertThat(nothing.err()).contains("packages.from is not set");

    Files.delete(work.path("packages/gone-1-1-any.pkg.tar.zst"));
    from("packages");
    assertThat(work.ok("status").out()).endsWith("Everything is published.\n");

    Files.delete(work.path("packages/hello-1.0-1-any.pkg.tar.zst"));
    work.sample("hello", "1.0-2");
    work.sample("new", "1-1");
    TreeState before = TreeState.of(work.path("tree"));
    assertThat(work.ok("status").out())
        .endsWith(
            """
              hello 1.0-1 → 1.0-2
              new 1-1 (new)
            qrepo publish would change 2 packages (1 added, 1 upgraded); 0 unchanged.
            """);
    Json json = work.json(0, "status");
    assertThat(json.each("changes", "kind")).containsExactly("upgraded", "added");
    assertThat(TreeState.of(work.path("tree"))).isEqualTo(before);
  }

  @Test
  void statusOfWhatIsNotThereYet() throws IOException {
    from("packages");
    work.sample("hello", "1.0-1");
    assertThat(work.ok("status").out())
        .isEqualTo(
            """
            t: nothing is published at %s
              hello 1.0-1 (new)
            qrepo publish would change 1 package (1 added); 0 unchanged.
            """
                .formatted(work.path("tree")));
    assertThat(work.path("tree")).doesNotExist();
  }

  @Test
  void statusSeesWhatIsMissing() throws IOException {
    from("packages");
    work.sample("hello", "1.0-1");
    work.ok("publish");
    Files.delete(work.path("tree/hello-1.0-1-any.pkg.tar.zst"));
    assertThat(work.ok("status").out()).contains("Something is missing in the store");
    assertThat(work.json(0, "publish").text("outcome")).isEqualTo("completed");
    assertThat(work.ok("status").out()).endsWith("Everything is published.\n");
    work.ok("verify", "--deep");
  }

  @Test
  void logTellsTheChainTheLiveOneFirst() {
    assertThat(work.ok("log").err()).contains("Nothing is published at");
    work.ok("publish", work.sample("hello", "1.0-1"));
    work.ok("publish", work.sample("hello", "1.0-2"), work.sample("more", "1-1"));
    work.ok("remove", "more");
    String id = "generation [0-9a-f]{16} \\(seq %d\\), 20[0-9T:-]+Z, %s\n";
    assertThat(work.ok("log").out())
        .matches(
            id.formatted(3, "1 package")
                + "    more 1-1 \\(removed\\)\n"
                + id.formatted(2, "2 packages")
                + "    hello 1\\.0-1 → 1\\.0-2\n    more 1-1 \\(new\\)\n"
                + id.formatted(1, "1 package")
                + "    hello 1\\.0-1 \\(new\\)\n");
    assertThat(work.ok("log", "-n", "1").out().lines()).hasSize(2);
    Json json = work.json(0, "log", "-n", "2");
    assertThat(json.each("generations", "seq")).containsExactly("3", "2");
    List<Json> generations = json.objects("generations");
    assertThat(generations.get(0).text("parent")).isEqualTo(generations.get(1).text("database"));
    assertThat(generations.get(0).text("signer")).isEqualTo(work.key().fingerprint().hex());
    assertThat(generations.get(1).each("changes", "kind")).containsExactly("upgraded", "added");
  }

  @Test
  void logTakesAPositiveNumber() {
    assertThat(work.ended(2, "log", "-n", "0").err()).contains("-n 0: at least 1 is needed");
    assertThat(work.ended(2, "log", "-n", "many").err()).contains("'many' is not an int");
  }
}
