package org.qrepo.cli.handover;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.qrepo.sign.program.ProcessTree;
import org.qrepo.sign.program.ProgramThread;

/**
 * A program that takes something to another qube: {@code qvm-copy}, or {@code qrexec-client-vm}
 * that is fed. It may take as long as people and copies need; when this thread is interrupted it is
 * ended, with all that it started.
 */
final class Courier {
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final int LONGEST_LINE = 400;
  private static final int MOST_LINES = 2000;

  private final List<String> words;
  private final Map<String, String> environment;

  /**
   * @param words the program's file and its arguments
   * @param environment all that the program sees of it
   */
  Courier(List<String> words, Map<String, String> environment) {
    this.words = List.copyOf(words);
    this.environment = Map.copyOf(environment);
  }

  /** What the program is fed with. */
  @FunctionalInterface
  interface Cargo {
    /** Nothing. */
    Cargo NONE = out -> {};

    /** Writes all of it; closes nothing. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Runs the program to its end.
   *
   * @param said hears what it says, on either output, line by line: a stranger's text; of long
   *     lines the beginning, of many the first {@value #MOST_LINES}
   * @return its exit status, if it took all it was given; else one that is not 0
   * @throws IOException if it cannot be started, or the cargo cannot be read
   * @throws InterruptedException if this thread is interrupted
   */
  int send(Cargo cargo, Consumer<String> said) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      Feeder feeder = new Feeder(process, cargo);
      Thread feeding = ProgramThread.start("qrepo-feed", feeder);
      Thread listening =
          ProgramThread.start("qrepo-listen", () -> listen(process.getInputStream(), said));
      int exit = process.waitFor();
      feeding.join(GRACE.toMillis());
      listening.join(GRACE.toMillis());
      if (feeder.failure != null) {
        throw feeder.failure;
      }
      return exit == 0 && !feeder.done ? 1 : exit;
    } finally {
      ProcessTree.end(process);
    }
  }

  @SuppressWarnings("EmptyCatch") // what it says last may be cut off where it is ended
  private static void listen(InputStream in, Consumer<String> said) {
    try (in) {
      Lines lines = new Lines(said);
      byte[] buffer = new byte[4096];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        lines.add(buffer, n);
      }
      lines.end();
    } catch (IOException ignored) {
    }
  }

  /** Parts what it says into lines; a carriage return ends one too, as in progress displays. */
  private static final class Lines {
    private final Consumer<String> said;
    private final byte[] line = new byte[LONGEST_LINE];
    private int length;
    private int count;

    Lines(Consumer<String> said) {
      this.said = said;
    }

    void add(byte[] bytes, int n) {
      for (int i = 0; i < n; i++) {
        if (bytes[i] == '\n' || bytes[i] == '\r') {
          end();
        } else if (length < LONGEST_LINE) {
          line[length++] = bytes[i];
        }
      }
    }

    void end() {
      String text = new String(line, 0, length, StandardCharsets.UTF_8).stripTrailing();
      length = 0;
      if (!text.isEmpty() && count++ < MOST_LINES) {
        said.accept(text);
      }
    }
  }

  /** Gives the program its input. Whether it takes it, its exit status tells. */
  private static final class Feeder implements Runnable {
    private final Process process;
    private final Cargo cargo;
    private volatile boolean done;
    private volatile @Nullable IOException failure;

    Feeder(Process process, Cargo cargo) {
      this.process = process;
      this.cargo = cargo;
    }

    @Override
    public void run() {
      Pipe pipe = new Pipe(process.getOutputStream());
      try (pipe) {
        cargo.writeTo(pipe);
        pipe.flush();
        done = true;
      } catch (IOException | RuntimeException e) {
        if (!pipe.broken) {
          failure = e instanceof IOException io ? io : new IOException(e);
          process.destroy(); // or it would take the end of a failed reading for the end of it all
        }
      }
    }
  }

  /** Knows whether it was the reader who left. */
  private static final class Pipe extends FilterOutputStream {
    private boolean broken;

    Pipe(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        broken = true;
        throw e;
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        out.flush();
      } catch (IOException e) {
        broken = true;
        throw e;
      }
    }
  }
}
