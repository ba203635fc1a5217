package org.qrepo.database;

import static org.assertj.core.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Runs the real programs that judge what qrepo writes. */
final class Program {
  private static final int PATIENCE_SECONDS = 60;

  private Program() {}

  /** What a program said. */
  record Result(int code, String output, String errors) {}

  /**
   * Skips the test if a program is not installed; fails it where {@code QREPO_REQUIRE_TOOLS} is 1.
   */
  static void require(String... programs) {
    for (String program : programs) {
      if (!isInstalled(program)) {
        String reason = program + " is not installed";
        if ("1".equals(setting("QREPO_REQUIRE_TOOLS"))) {
          fail(reason);
        }
        Assumptions.abort(reason);
      }
    }
  }

  /** A system property, else an environment variable; empty if neither is set. */
  static String setting(String name) {
    String environment = System.getenv(name);
    return System.getProperty(name, environment == null ? "" : environment);
  }

  static Result run(Path directory, String... command) throws IOException, InterruptedException {
    return run(directory, List.of(command));
  }

  static Result run(Path directory, List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("program", ".out");
    Path errors = Files.createTempFile("program", ".err");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
      builder.environment().put("LC_ALL", "C.UTF-8");
      builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
      Process process =
          builder.redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        fail("does not end: " + command);
      }
      return new Result(process.exitValue(), text(output), text(errors));
    } finally {
      Files.delete(output);
      Files.delete(errors);
    }
  }

  /** The output of a program that must succeed. */
  static String output(Path directory, String... command) throws IOException, InterruptedException {
    Result result = run(directory, command);
    if (result.code() != 0) {
      fail(Arrays.toString(command) + " ended with " + result);
    }
    return result.output();
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  private static boolean isInstalled(String program) {
    String path = System.getenv("PATH");
    return path != null
        && Arrays.stream(path.split(File.pathSeparator, -1))
            .anyMatch(d -> Files.isExecutable(Path.of(d, program)));
  }
}
