package org.qrepo.alpm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.qrepo.Tools;

/** The real client with a root directory of its own; needs no privileges. */
final class Pacman {
  private final Path home;

  /** Skips the test where there is no pacman. */
  Pacman(Path home) throws IOException {
    Tools.require("pacman", "fakeroot");
    this.home = home;
    for (String folder : List.of("root", "db", "cache", "hooks", "gpg")) {
      Files.createDirectory(home.resolve(folder));
    }
    Files.writeString(
        home.resolve("pacman.conf"),
        """
        [options]
        RootDir = HOME/root
        DBPath = HOME/db/
        CacheDir = HOME/cache/
        LogFile = HOME/log
        GPGDir = HOME/gpg/
        HookDir = HOME/hooks/
        Architecture = x86_64
        SigLevel = Never
        """
            .replace("HOME", home.toString()));
  }

  Path root() {
    return home.resolve("root");
  }

  /** Installs a file without a word of complaint; no scriptlet runs. */
  void install(Path file) throws IOException {
    assertThat(run("-U", "--noscriptlet", file.toString())).doesNotContain("warning", "error");
  }

  /** Output and errors of what must succeed. */
  String run(String... arguments) throws IOException {
    Result result = start(arguments);
    assertThat(result.code()).as("%s", result).isZero();
    return result.output();
  }

  /** Output and errors, whatever the exit code. */
  String output(String... arguments) throws IOException {
    return start(arguments).output();
  }

  private Result start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("fakeroot", "pacman", "--noconfirm"));
    command.addAll(List.of("--config", home.resolve("pacman.conf").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    try (InputStream in = process.getInputStream()) {
      String output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private record Result(int code, String output) {}
}
