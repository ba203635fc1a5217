package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;

/** The looks themselves are tested elsewhere; this machine may be anything. */
class BuildDoctorCommandTest {
  @TempDir private Path directory;

  @Test
  void sumsUp() {
    Run run = Run.of(directory, "build", "doctor", "new");
    boolean wrong = run.out().lines().anyMatch(line -> line.startsWith("error: "));
    assertThat(run.code()).isEqualTo(wrong ? 3 : 0);
    assertThat(run.out()).contains("warning: ", directory.resolve("new") + ": ");
    assertThat(run.err()).startsWith("==> Looking at this qube\n");
    assertThat(directory.resolve("new")).doesNotExist();
  }

  @Test
  void answersInJson() {
    Json json = Json.of(Run.of(directory, "build", "doctor", "--json").out());
    assertThat(json.fields()).containsEntry("schema", "qrepo.build-doctor/1");
    assertThat(json.fields()).containsKeys("errors", "checks");
  }

  /** What v2 builds in is looked at only where v2 is. */
  @Test
  void knowsWhichBuilderIsMeant() throws IOException {
    Files.writeString(directory.resolve("qrepo.yml"), "build: {builder: b, kind: v2}\n");
    assertThat(Run.of(directory, "build", "doctor", "--json").out())
        .contains("\"executor\"", directory.resolve("b").toString());
    Files.createDirectories(directory.resolve("b"));
    Files.writeString(directory.resolve("b/Makefile"), "");
    Files.writeString(directory.resolve("b/Makefile.generic"), "");
    assertThat(Run.of(directory, "build", "doctor", "--json").out()).doesNotContain("\"executor\"");
  }
}
