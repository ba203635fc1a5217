package org.qrepo.cli.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.cli.UsageException;

class GitProgramTest {
  private static Path program(Path folder, String text) throws IOException {
    Path git = Files.writeString(folder.resolve("git"), "#!/bin/sh\n" + text);
    return Files.setPosixFilePermissions(git, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void isRunWithWhatItNeedsAndNothingElse(@TempDir Path folder) throws Exception {
    program(folder, "/usr/bin/env\n");
    Map<String, String> environment =
        Map.of(
            "PATH", "relative:" + folder + ":/usr/bin",
            "HOME", "/home/user",
            "https_proxy", "http://127.0.0.1:8082/",
            "GIT_DIR", "/evil",
            "GIT_CONFIG_COUNT", "1",
            "GIT_SSH_COMMAND", "evil",
            "LD_PRELOAD", "/evil.so");
    GitProgram git = GitProgram.find(environment);
    GitRun.Result result = GitRun.of(git.process(Map.of("GIT_DIR", "/ours"), List.of("x")), "");
    assertThat(result.out())
        .contains("HOME=/home/user\n")
        .contains("https_proxy=http://127.0.0.1:8082/\n")
        .contains("GIT_DIR=/ours\n")
        .contains("GIT_CONFIG_GLOBAL=/dev/null\n")
        .contains("GIT_NO_REPLACE_OBJECTS=1\n")
        .contains("PWD=/\n")
        .doesNotContain("evil")
        .doesNotContain("GIT_CONFIG_COUNT");
    assertThat(git.process(Map.of(), List.of("x")).command())
        .contains("core.hooksPath=/dev/null", "core.fsmonitor=false", "protocol.allow=never");
  }

  @Test
  void isMissedInWords(@TempDir Path folder) {
    assertThatThrownBy(() -> GitProgram.find(Map.of("PATH", folder.toString())))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("git was not found");
  }

  @Test
  void itsAnswersAreBounded(@TempDir Path folder) throws IOException {
    program(folder, "head -c 20000000 /dev/zero; head -c 200000 /dev/zero >&2\n");
    GitProgram git = GitProgram.find(Map.of("PATH", folder + ":/usr/bin:/bin"));
    assertThatThrownBy(() -> GitRun.of(git.process(Map.of(), List.of("x")), ""))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than");
  }

  @Test
  void itAndWhatItStartedEndWhereWeAreInterrupted(@TempDir Path folder) throws Exception {
    Path started = folder.resolve("started");
    program(folder, "sleep 600 & echo $! > '" + started + "'; wait\n");
    GitProgram git = GitProgram.find(Map.of("PATH", folder + ":/usr/bin:/bin"));
    Thread worker =
        new Thread(
            () ->
                assertThatThrownBy(() -> GitRun.of(git.process(Map.of(), List.of("x")), ""))
                    .isInstanceOf(InterruptedException.class));
    worker.start();
    while (!Files.exists(started) || Files.size(started) == 0) {
      Thread.sleep(5);
    }
    ProcessHandle sleeper =
        ProcessHandle.of(Long.parseLong(Files.readString(started).strip())).orElseThrow();
    worker.interrupt();
    worker.join(10_000);
    assertThat(worker.isAlive()).isFalse();
    sleeper.onExit().get(5, java.util.concurrent.TimeUnit.SECONDS);
    assertThat(sleeper.isAlive()).isFalse();
  }
}
