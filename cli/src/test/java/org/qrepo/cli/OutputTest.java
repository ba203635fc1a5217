package org.qrepo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.qrepo.store.Stores;

/** Where standard output does not take what is written. */
class OutputTest {
  /** A file on a full disk, or a pipe that nobody reads, as Java tells of them. */
  private static OutputStream failing(String message) {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        throw new IOException(message);
      }
    };
  }

  private static Run version(OutputStream out) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Surroundings surroundings =
        new Surroundings(
            Path.of("").toAbsolutePath(),
            Map.of(),
            InputStream.nullInputStream(),
            new PrintStream(new UntilNobodyReads(out), false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            Terminal.NONE,
            Stores.standard());
    int code = Main.run(List.of("--version"), surroundings);
    return new Run(code, "", err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aFullDiskIsToldOf() {
    Run run = version(failing("No space left on device"));
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).isEqualTo("error: not all of the output could be written\n");
  }

  @Test
  void aReaderMayStopWhenItHasSeenEnough() {
    Run run = version(failing("Broken pipe"));
    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
  }
}
