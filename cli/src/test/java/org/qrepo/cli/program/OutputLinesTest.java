package org.qrepo.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Lines of what builders say. */
class OutputLinesTest {
  @Test
  void linesComeAsATerminalShowsThem() {
    assertThat(lines("a\nb\r\nc")).containsExactly("a", "b", "c");
    assertThat(lines("10%\r50%\r100%\nnext\n")).containsExactly("100%", "next");
    assertThat(lines("\n\n")).containsExactly("", "");
    assertThat(lines("")).isEmpty();
  }

  @Test
  void ordersToTheTerminalAreLeftOut() {
    assertThat(lines("\033[1;32m==>\033(B\033[m made\033[K\n\033]0;title\007x\n"))
        .containsExactly("==> made", "x");
    assertThat(lines("\033]0;never ended\n")).containsExactly("");
  }

  @Test
  void longLinesAndForeignBytesAreBounded() {
    String longest = "x".repeat(OutputLines.LONGEST);
    assertThat(lines(longest + "yyy\nz\n")).containsExactly(longest, "z");
    byte[] foreign = {(byte) 0xff, 'a', 0, '\n'};
    List<String> lines = new ArrayList<>();
    new OutputLines(lines::add).add(foreign, foreign.length);
    assertThat(lines).containsExactly("\ufffda\0");
  }

  @Test
  void howBytesAreCutIntoPiecesChangesNothing() {
    Random random = new Random(7);
    byte[] bytes = new byte[20_000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) "ab\n\r\033[m;ü".charAt(random.nextInt(9));
    }
    List<String> whole = new ArrayList<>();
    OutputLines once = new OutputLines(whole::add);
    once.add(bytes, bytes.length);
    once.finish();
    List<String> pieces = new ArrayList<>();
    OutputLines often = new OutputLines(pieces::add);
    for (int at = 0; at < bytes.length; ) {
      int length = Math.min(1 + random.nextInt(50), bytes.length - at);
      often.add(java.util.Arrays.copyOfRange(bytes, at, at + length), length);
      at += length;
    }
    often.finish();
    assertThat(pieces).isEqualTo(whole).hasSizeGreaterThan(1000);
  }

  private static List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    OutputLines output = new OutputLines(lines::add);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    output.add(bytes, bytes.length);
    output.finish();
    return lines;
  }
}
