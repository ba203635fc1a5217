package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;
import org.qrepo.cli.Workplace;
import org.qrepo.it.TreeState;

class DemoTest {
  private final Workplace work;

  DemoTest(@TempDir Path directory) {
    work = new Workplace(directory);
  }

  @Test
  void publishesAndSaysHowToInstall() {
    Run run = work.ok("demo");
    Path tree = work.path("qrepo-demo/repository");
    assertThat(run.out())
        .contains("pacman-key --add " + tree.resolve("demo.asc"))
        .contains("[demo]\nSigLevel = Required\nServer = file://" + tree + "\n")
        .contains("pacman -Sy hello-qrepo");
    assertThat(run.err())
        .contains("$ qrepo init --name demo --generate-key 'qrepo demo <demo@example.org>'")
        .contains("$ qrepo publish packages --to local")
        .contains("==> Published. Clients now see hello-qrepo 1.0-1");
    work.ok(
        "verify",
        "qrepo-demo/repository",
        "--name",
        "demo",
        "--trust",
        "qrepo-demo/repository/demo.asc",
        "--deep");
  }

  @Test
  void againItPublishesNothingTwice() {
    String first = work.ok("demo", "here").out();
    TreeState before = TreeState.of(work.path("here/repository/generations"));
    Run again = work.ok("demo", "here");
    assertThat(again.out()).isEqualTo(first);
    assertThat(again.err()).contains("Already published").doesNotContain("qrepo init");
    assertThat(TreeState.of(work.path("here/repository/generations"))).isEqualTo(before);
  }

  @Test
  void afterItWasRemovedItBeginsAnew() throws IOException {
    String first = work.ok("demo", "here").out();
    delete(work.path("here"));
    assertThat(work.ok("demo", "here").out()).isNotEqualTo(first);
    assertThat(work.path("home")).doesNotExist();
  }

  private static void delete(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Test
  void nobodyElsesDirectoryIsWrittenInto() {
    work.write("theirs/letter.txt", "dear");
    work.write("mine/qrepo.yml", "repository: {name: mine}\n");
    work.write("mine/packages/letter.txt", "dear");
    work.write("file", "text");
    TreeState before = TreeState.of(work.path("."));
    assertThat(work.ended(2, "demo", "theirs").err()).contains("holds something else");
    assertThat(work.ended(2, "demo", "mine").err()).contains("holds something else");
    assertThat(work.ended(2, "demo", "file").err()).contains("is not a directory");
    assertThat(TreeState.of(work.path("."))).isEqualTo(before);
  }

  @Test
  void anEmptyDirectoryIsFine() throws IOException {
    Files.createDirectory(work.path("empty"));
    work.ok("demo", "empty");
    assertThat(work.path("empty/repository/demo.db")).exists();
  }

  @Test
  void whatTheUserHasConfiguredIsNotUsed() {
    work.configure("web: {url: tree}").env("QREPO_REPOSITORY_NAME", "other");
    work.ok("demo");
    assertThat(work.path("tree")).doesNotExist();
    assertThat(work.path("qrepo-demo/repository/demo.db")).exists();
  }

  @Test
  void scriptsGetOneObject() {
    Json json = work.json(0, "demo");
    assertThat(json.text("directory")).isEqualTo(work.path("qrepo-demo/repository").toString());
    assertThat(json.text("server")).isEqualTo("file://" + work.path("qrepo-demo/repository"));
    assertThat(json.text("fingerprint")).matches("[0-9A-F]{40}");
    assertThat(Path.of(json.text("certificate"))).exists();
  }

  @Test
  void quietMeansItsCommandsToo() {
    assertThat(work.ok("demo", "-q").err()).isEqualTo(work.path("qrepo-demo/qrepo.yml") + "\n");
  }

  @Test
  void whatFailsInItIsToldOnceAndGivesTheCode() {
    work.ok("demo", "here");
    work.write("here/repository/demo.db", "<html>");
    Json json = work.json(3, "demo", "here");
    assertThat(json.findings()).containsExactly("demo-failed");
    assertThat(work.ended(3, "demo", "here").err())
        .endsWith("error: qrepo publish: ended with exit code 3: refused\n");
  }
}
