package org.qrepo.cli.build.qube;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.qrepo.sign.program.ProcessTree;
import org.qrepo.sign.program.ProgramFile;

/**
 * What the looks see of the machine.
 *
 * @param root the directory that they take for {@code /}
 * @param environment the environment variables; {@code PATH} tells where programs are
 * @param disks what a file system has room for
 */
public record QubeSystem(Path root, Map<String, String> environment, Disks disks) {
  private static final int MOST_BYTES = 4 * 1024 * 1024;
  private static final int MOST_ANSWERED = 4096;
  private static final long PATIENCE_SECONDS = 5;

  /** Programs of Qubes and of the administrator that are often not on the PATH. */
  private static final List<String> FURTHER =
      List.of("/usr/lib/qubes", "/usr/sbin", "/sbin", "/usr/local/sbin");

  public QubeSystem {
    environment = Map.copyOf(environment);
  }

  /** Tells how large file systems are. */
  @FunctionalInterface
  public interface Disks {
    /**
     * The file system of a file.
     *
     * @param there exists
     */
    Space of(Path there) throws IOException;
  }

  /**
   * What a file system has room for, in bytes.
   *
   * @param free for this user
   */
  public record Space(long total, long free) {}

  /** This machine. */
  public static QubeSystem ofMachine(Map<String, String> environment) {
    return new QubeSystem(
        Path.of("/"),
        environment,
        there -> {
          FileStore store = Files.getFileStore(there);
          return new Space(store.getTotalSpace(), store.getUsableSpace());
        });
  }

  /** Where a file of the machine is: {@code /proc/meminfo}. */
  Path file(String name) {
    return root.resolve(name.substring(1));
  }

  boolean has(String name) {
    return Files.exists(file(name));
  }

  /** The text of a file; empty if it cannot be read. */
  Optional<String> text(String name) {
    try (InputStream in = Files.newInputStream(file(name))) {
      return Optional.of(new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The lines of a file; none if it cannot be read. */
  List<String> lines(String name) {
    return text(name).map(text -> text.lines().toList()).orElse(List.of());
  }

  /** Where a program is. */
  Optional<Path> program(String name) {
    Stream<String> onPath = ProgramFile.folders(environment.getOrDefault("PATH", ""));
    return ProgramFile.first(
        Stream.concat(onPath, FURTHER.stream()).map(folder -> root + folder + "/" + name));
  }

  /**
   * What a program answers in one line; empty if it is not there, fails, or takes too long.
   *
   * @throws InterruptedException if this thread is interrupted; the program was stopped
   */
  Optional<String> ask(String program, String... arguments)
      throws IOException, InterruptedException {
    Optional<Path> file = program(program);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    Path answer = Files.createTempFile("qrepo", ".answer");
    try {
      return run(file.get(), arguments, answer);
    } finally {
      Files.deleteIfExists(answer);
    }
  }

  private static Optional<String> run(Path program, String[] arguments, Path answer)
      throws IOException, InterruptedException {
    List<String> words =
        Stream.concat(Stream.of(program.toString()), Arrays.stream(arguments)).toList();
    Process process =
        new ProcessBuilder(words)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(answer.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        return Optional.empty();
      }
    } finally {
      ProcessTree.end(process);
    }
    try (InputStream in = Files.newInputStream(answer)) {
      String text = new String(in.readNBytes(MOST_ANSWERED), StandardCharsets.UTF_8);
      return text.lines().findFirst().map(String::strip).filter(line -> !line.isEmpty());
    }
  }
}
