package org.qrepo.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HarmlessTest {
  static Stream<Arguments> texts() {
    return Stream.of(
        Arguments.of("plain text", "plain text"),
        Arguments.of("größe → 冒険", "größe → 冒険"),
        Arguments.of("red \u001b[31mtext", "red \ufffd[31mtext"),
        Arguments.of("title \u001b]0;x\u0007", "title \ufffd]0;x\ufffd"),
        Arguments.of("c1 \u009b31m", "c1 \ufffd31m"),
        Arguments.of("over\rwrite", "over write"),
        Arguments.of("new\nline", "new line"),
        Arguments.of("a\tb", "a b"),
        Arguments.of("gpj.\u202eexe", "gpj.\ufffdexe"),
        Arguments.of("zero\u200bwidth", "zero\ufffdwidth"),
        Arguments.of("del\u007f", "del\ufffd"),
        Arguments.of("half \ud83d", "half \ufffd"),
        Arguments.of("whole \ud83d\ude00", "whole \ud83d\ude00"));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void takesTheDangerAway(String text, String expected) {
    assertThat(Harmless.line(text)).isEqualTo(expected);
  }

  @Test
  void nothingThatControlsATerminalPasses() {
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      int[] points = random.ints(20, 0, Character.MAX_CODE_POINT + 1).toArray();
      String line = Harmless.line(new String(points, 0, points.length));
      assertThat(line.codePoints())
          .noneMatch(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029);
    }
  }
}
