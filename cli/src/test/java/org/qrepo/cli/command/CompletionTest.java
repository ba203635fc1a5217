package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.cli.Run;
import org.qrepo.it.Programs;

class CompletionTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh", "fish"})
  void knowsEveryCommand(String shell) {
    Run run = Run.of(directory, "completion", shell);
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("vercmp", "serve", "listen", "generate", "origin");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh", "fish"})
  void isAScriptOfItsShell(String shell) throws Exception {
    assumeTrue(Programs.find(shell).isPresent(), shell + " is not installed");
    Path script =
        Files.writeString(
            directory.resolve("script"), Run.of(directory, "completion", shell).out());
    Process process = new ProcessBuilder(shell, "-n", script.toString()).inheritIO().start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }
}
