package org.qrepo;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * Programs and data outside the project that tests compare with. What is missing skips the test
 * with the reason; a missing program fails it where {@code QREPO_REQUIRE_TOOLS=1}.
 */
public final class Tools {
  private Tools() {}

  /** Returns only if all programs are installed. */
  public static void require(String... programs) {
    List<String> missing = Arrays.stream(programs).filter(p -> !isInstalled(p)).toList();
    if (missing.isEmpty()) {
      return;
    }
    String reason = "needs " + String.join(", ", missing);
    if (setting("QREPO_REQUIRE_TOOLS").filter("1"::equals).isPresent()) {
      fail(reason);
    }
    throw new TestAbortedException(reason);
  }

  /** A directory of real repositories. */
  public static Path realRepository(String name) {
    Optional<Path> configured = setting("QREPO_REALREPO").map(Path::of);
    Path root = Path.of("").toAbsolutePath();
    return Stream.concat(
            configured.stream(),
            Stream.of(root, root.resolve("..")).map(p -> p.resolve("../shared/realrepo")))
        .map(p -> p.resolve(name).normalize())
        .filter(Files::isDirectory)
        .findFirst()
        .orElseThrow(() -> new TestAbortedException("needs real repositories in QREPO_REALREPO"));
  }

  /** Output of a program that must succeed; runs in {@code directory} in the locale C.UTF-8. */
  public static byte[] run(Path directory, byte[] input, String... command) {
    try {
      Process process = start(directory, command);
      Thread feeder = new Thread(() -> feed(process.getOutputStream(), input));
      feeder.start();
      ByteArrayOutputStream output = new ByteArrayOutputStream();
      try (InputStream in = process.getInputStream()) {
        in.transferTo(output);
      }
      feeder.join();
      if (process.waitFor() != 0) {
        fail(String.join(" ", command) + " exited with " + process.exitValue() + ": " + output);
      }
      return output.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public static byte[] run(Path directory, String... command) {
    return run(directory, new byte[0], command);
  }

  private static Process start(Path directory, String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("LC_ALL", "C.UTF-8");
    return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static void feed(OutputStream target, byte[] input) {
    try (target) {
      target.write(input);
    } catch (IOException e) {
      // The program read less than there was: its output will tell.
      return;
    }
  }

  private static boolean isInstalled(String program) {
    return setting("PATH").stream()
        .flatMap(path -> Arrays.stream(path.split(File.pathSeparator, -1)))
        .filter(folder -> !folder.isEmpty())
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static Optional<String> setting(String name) {
    return Optional.ofNullable(System.getProperty(name))
        .or(() -> Optional.ofNullable(System.getenv(name)));
  }
}
