package org.qrepo.cli.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinePatternTest {
  private static Map<String, String> holes(String pattern, String line) {
    return LinePattern.of(pattern).match(line).orElseThrow().holes();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          needs '{package}' now           | it needs 'python' now            | {package=python}
          needs '{package:py*<*}' now     | it needs 'python<3.13' now       | {package=python<3.13}
          needs {a} or {b}                | needs x or y!                    | {a=x, b=y!}
          ended: {why:**}                 | job ended: of its own will       | {why=of its own will}
          Container {name} failed         | Container a/b-c failed           | {name=a/b-c}
          from {mirror} : {why:**}404     | from m.org : error: 404          | {mirror=m.org, why=error: }
          ^begin {x}$                     | begin y                          | {x=y}
          plain text                      | some plain text here             | {}
          key "{key:**}" is               | key "A <a@b>" is                 | {key=A <a@b>}
          the {x} the end                 | the the b the end                | {x=b}
          """)
  void fits(String pattern, String line, String holes) {
    assertThat(holes(pattern, line)).hasToString(holes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          needs '{package}' now           | it needs 'py thon' now
          needs '{package}' now           | it needs '' now
          needs '{package:py*<*}' now     | it needs 'python=3.13' now
          ^begin {x}                      | we begin y
          ^begin$                         | begin again
          plain text                      | plain Text
          """)
  void doesNotFit(String pattern, String line) {
    assertThat(LinePattern.of(pattern).match(line)).isEmpty();
  }

  @Test
  void takesNoMoreThanAWordMayHave() {
    LinePattern pattern = LinePattern.of("name {x} end");
    assertThat(pattern.match("name " + "a".repeat(200) + " end")).isPresent();
    assertThat(pattern.match("name " + "a".repeat(201) + " end")).isEmpty();
  }

  @Test
  void saysWhereItBegan() {
    Optional<LinePattern.Match> match = LinePattern.of("plain {x}").match("some plain text");
    assertThat(match.orElseThrow().at()).isEqualTo(5);
  }

  @Test
  void knowsItsNeedleAndHoles() {
    LinePattern pattern = LinePattern.of("one '{a:python<*}' and three {b}");
    assertThat(pattern.needle()).isEqualTo("' and three ");
    assertThat(pattern.holes()).containsExactly("a", "b");
    assertThatCode(() -> LinePattern.of("a{b}long enough")).doesNotThrowAnyException();
  }

  /** Lines that would make a regular expression try all ways to share them among its holes. */
  @Test
  void isQuickWithHostileLines() {
    LinePattern pattern = LinePattern.of("a{b:*a*a*a*a*a*}-end {c:**}!");
    String line = "a".repeat(100_000);
    Assertions.assertTimeout(
        Duration.ofSeconds(5),
        () -> {
          for (int i = 0; i < 1000; i++) {
            assertThat(pattern.match(line)).isEmpty();
          }
        });
  }
}
