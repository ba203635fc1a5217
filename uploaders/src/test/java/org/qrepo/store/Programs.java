package org.qrepo.store;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;

/** Programs of the system, and this Java, as processes of a test. */
@NullMarked
public final class Programs {
  private Programs() {}

  /**
   * The program's path. Without it the test is skipped, or fails where the environment says that
   * all programs must be there.
   */
  public static String need(String name) {
    Optional<Path> found = find(name);
    if (found.isEmpty() && "1".equals(System.getenv("QREPO_REQUIRE_TOOLS"))) {
      fail(name + " is not installed, and QREPO_REQUIRE_TOOLS is set");
    }
    assumeTrue(found.isPresent(), name + " is not installed");
    return found.orElseThrow().toString();
  }

  /** The command that runs a class of the tests in another Java. */
  public static List<String> java(List<String> options, Class<?> main, Object... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(options);
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(main.getName());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return command;
  }

  /** What a process that has ended said, on both of its outputs. */
  public record Outcome(int status, String output) {}

  /** Runs a program to its end. */
  public static Outcome run(List<String> command) throws IOException, InterruptedException {
    return outcome(start(command));
  }

  /** Starts a program; its outputs are one. */
  public static Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** Waits for the end of a process. */
  public static Outcome outcome(Process process) throws IOException, InterruptedException {
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      fail("a program did not end: " + output);
    }
    return new Outcome(process.exitValue(), output);
  }

  private static Optional<Path> find(String name) {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin";
    for (String folder : path.split(File.pathSeparator, -1)) {
      Path file = Path.of(folder, name);
      if (!folder.isEmpty() && Files.isExecutable(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }
}
