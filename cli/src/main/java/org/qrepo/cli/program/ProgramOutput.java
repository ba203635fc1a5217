package org.qrepo.cli.program;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.qrepo.sign.program.ProcessTree;

/** What a program says on standard output, taken while it runs. */
public final class ProgramOutput {
  /** How long a program may take to end after its output. */
  private static final long PATIENCE_SECONDS = 120;

  private ProgramOutput() {}

  /** Takes of it what it needs, which bounds it. */
  @FunctionalInterface
  public interface Reader<T> {
    T read(InputStream from) throws IOException;
  }

  /**
   * Runs a program to its end. What the reader leaves is passed over; whatever happens, neither the
   * program nor what it started is left.
   *
   * @return empty if the program fails, or does not end after its output
   * @throws IOException if it cannot be started, or of the reader
   * @throws InterruptedException if this thread is interrupted while the program ends
   */
  public static <T> Optional<T> of(ProcessBuilder program, Reader<T> reader)
      throws IOException, InterruptedException {
    Process process = program.start();
    try (InputStream from = process.getInputStream()) {
      T output = reader.read(from);
      from.transferTo(OutputStream.nullOutputStream());
      boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return ended && process.exitValue() == 0 ? Optional.of(output) : Optional.empty();
    } finally {
      ProcessTree.end(process);
    }
  }

  /**
   * Runs a command of the user: it sees all that qrepo sees, and may ask on the terminal.
   *
   * @return as {@link #of}
   */
  public static <T> Optional<T> ofCommand(List<String> words, Path directory, Reader<T> reader)
      throws IOException, InterruptedException {
    return of(
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectInput(ProcessBuilder.Redirect.INHERIT),
        reader);
  }
}
