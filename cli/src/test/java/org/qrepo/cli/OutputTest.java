package org.qrepo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.store.Stores;

/** Where standard output does not take what is written. */
class OutputTest {
  @TempDir Path directory;

  /**
   * @param to what the link of the descriptor names, which takes nothing
   */
  private Run version(String to) throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("1"), Path.of(to));
    OutputStream failing =
        new OutputStream() {
          @Override
          public void write(int one) throws IOException {
            throw new IOException("in the user's language");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Surroundings surroundings =
        new Surroundings(
            Path.of("").toAbsolutePath(),
            Map.of(),
            InputStream.nullInputStream(),
            new PrintStream(new UntilNobodyReads(failing, link), false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            Terminal.NONE,
            Stores.standard());
    int code = Main.run(List.of("--version"), surroundings);
    return new Run(code, "", err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aFullDiskIsToldOf() throws IOException {
    Run run = version("/home/user/install.sh");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).isEqualTo("error: not all of the output could be written\n");
  }

  @Test
  void aReaderMayStopWhenItHasSeenEnough() throws IOException {
    Run run = version("pipe:[12345]");
    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
  }
}
