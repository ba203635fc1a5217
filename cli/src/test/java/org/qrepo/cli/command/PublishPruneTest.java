package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.cli.Json;
import org.qrepo.cli.Workplace;

/** A publish that prunes afterwards. */
class PublishPruneTest {
  private final Workplace work;

  PublishPruneTest(@TempDir Path directory) throws IOException {
    work = new Workplace(directory).configure("web: {url: tree, layout: plain}");
    work.env("SOURCE_DATE_EPOCH", "1700000000");
    for (int i = 1; i <= 4; i++) {
      work.ok("publish", work.sample("hello", i + "-1"));
    }
    makeOld();
  }

  @Test
  void itAnnouncesAndDeletesADayLater() throws IOException {
    Json dry = work.json(0, "publish", "--prune", "--dry-run", work.sample("hello", "5-1"));
    assertThat(dry.object("prune").text("outcome")).isEqualTo("nothing");
    work.ok("publish", work.sample("hello", "5-1"));
    makeOld();
    Json first = work.json(0, "publish", "--prune", work.sample("hello", "6-1"));
    assertThat(first.text("outcome")).isEqualTo("published");
    assertThat(first.object("prune").text("outcome")).isEqualTo("announced");
    assertThat(first.object("prune").object("announced").get("packages"))
        .isEqualTo(List.of("hello-1-1-any.pkg.tar.zst", "hello-2-1-any.pkg.tar.zst"));
    makeOld();
    Json second = work.json(0, "publish", "--prune", work.sample("hello", "6-1"));
    assertThat(second.text("outcome")).isEqualTo("already-published");
    assertThat(second.object("prune").text("outcome")).isEqualTo("deleted");
    assertThat(work.path("tree/hello-1-1-any.pkg.tar.zst")).doesNotExist();
    work.ok("verify", "web");
  }

  @Test
  void whatIsPublishedStaysSoWhenThePruneIsRefused() throws IOException {
    Files.writeString(
        Files.createDirectories(work.path("tree/generations/mine")).resolve("x"), "x");
    Json json = work.json(3, "publish", "--prune", work.sample("hello", "5-1"));
    assertThat(json.text("outcome")).isEqualTo("published");
    assertThat(work.published("tree")).containsExactly("hello 5-1");
    assertThat(work.ended(3, "publish", "--prune", work.sample("hello", "6-1")).err())
        .contains("this folder is not a generation")
        .doesNotContain("Nothing was changed");
  }

  private void makeOld() throws IOException {
    FileTime then = FileTime.from(Instant.now().minus(Duration.ofDays(90)));
    try (Stream<Path> files = Files.walk(work.path("tree"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.setLastModifiedTime(file, then);
      }
    }
  }
}
