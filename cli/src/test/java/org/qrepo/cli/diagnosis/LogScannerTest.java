package org.qrepo.cli.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogScannerTest {
  private static final List<String> NEEDLES = List.of("error", "a terror", "error: x", "ää", "rr");

  private record Line(long number, String text, BitSet needles) {}

  private static List<Line> scan(InputStream in, List<String> needles) throws IOException {
    List<Line> lines = new ArrayList<>();
    LogScanner.scan(
        in,
        new Needles(needles),
        (number, line, found) -> lines.add(new Line(number, line, (BitSet) found.clone())));
    return lines;
  }

  private static List<Line> scan(String text) throws IOException {
    return scan(bytes(text), NEEDLES);
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  /** {@code ^} stands for an escape, {@code <} for a carriage return, {@code ~} for a line end. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          fine~an error~fine                 | 2 an error
          ^[1;31mer^[0mror^[K                | 1 error
          ^]0;title error\u0007none          |
          ^]0;title ^\\error                 | 1 error
          ^(Berror                           | 1 error
          ^[31~error                         | 2 error
          10%<50%<error<done~error           | 1 error,2 error
          error<~error<~                     | 1 error,2 error
          er~ror                             |
          er<ror                             |
          ~~~error                           | 4 error
          ^[38;5;1merr\u0000or error         | 1 error error
          """)
  void readsWhatATerminalShows(String text, String expected) throws IOException {
    String log = text.replace('^', '\033').replace('<', '\r').replace('~', '\n');
    assertThat(scan(log))
        .extracting(line -> line.number() + " " + line.text())
        .containsExactlyElementsOf(expected == null ? List.of() : List.of(expected.split(",", -1)));
  }

  @Test
  void survivesAnyBytes() throws IOException {
    byte[] noise = new byte[3_000_000];
    new Random(7).nextBytes(noise);
    System.arraycopy("\nan error\n".getBytes(StandardCharsets.UTF_8), 0, noise, 2_500_000, 10);
    long before = 0;
    for (int i = 0; i <= 2_500_000; i++) {
      before += noise[i] == '\n' ? 1 : 0;
    }
    assertThat(scan(new ByteArrayInputStream(noise), List.of("an error")))
        .containsExactly(new Line(before + 1, "an error", BitSet.valueOf(new long[] {1})));
  }

  /** Of a line without end, each piece is looked at, and no more than a piece is kept. */
  @Test
  void cutsLongLines() throws IOException {
    String line = "error " + "x".repeat(2_000_000) + " error\nerror";
    List<Line> lines = scan(line);
    assertThat(lines).extracting(Line::number).containsExactly(1L, 1L, 2L);
    assertThat(lines).allMatch(l -> l.text().length() <= 256 * 1024 + LogScanner.LONGEST);
  }

  /** Against a reader that takes the log as a whole, with needles that contain each other. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void findsWhatASimpleReaderFinds(long seed) throws IOException {
    Random random = new Random(seed);
    String[] parts = {
      "er", "ror", "error", ": x", "a t", "ä", "ää", " ", "\n", "r", "\033[1m", "\n"
    };
    StringBuilder log = new StringBuilder();
    for (int i = 0; i < 200_000; i++) {
      log.append(parts[random.nextInt(parts.length)]);
    }
    List<Line> expected = new ArrayList<>();
    String[] lines = log.toString().split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String shown = lines[i].replace("\033[1m", "");
      BitSet found = new BitSet();
      for (int n = 0; n < NEEDLES.size(); n++) {
        found.set(n, shown.contains(NEEDLES.get(n)));
      }
      if (!found.isEmpty()) {
        expected.add(new Line(i + 1, shown, found));
      }
    }
    assertThat(scan(new Trickle(bytes(log.toString()), random), NEEDLES)).isEqualTo(expected);
  }

  /** Gives a few bytes at a time, as pipes do. */
  private static final class Trickle extends InputStream {
    private final InputStream in;
    private final Random random;

    Trickle(InputStream in, Random random) {
      this.in = in;
      this.random = random;
    }

    @Override
    public int read() throws IOException {
      return in.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return in.read(bytes, offset, Math.min(length, 1 + random.nextInt(5000)));
    }
  }
}
