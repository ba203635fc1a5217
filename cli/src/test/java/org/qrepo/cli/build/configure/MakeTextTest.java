package org.qrepo.cli.build.configure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.sign.Programs;

class MakeTextTest {
  private static final String ALLOWED = "ABCXYZabcxyz0189._~:/%+=@,-";

  @TempDir private Path directory;

  /** Real make has each word as it was, in any number and of any length. */
  @Test
  void makeReadsWhatIsWritten() throws IOException {
    Programs.need("make");
    Random random = new Random(7);
    MakeText make = new MakeText();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      List<String> words = new ArrayList<>();
      for (int j = random.nextInt(30); j > 0; j--) {
        words.add(word(random));
      }
      make.comment("variable " + i).set("V" + i, words).blank();
      make.comment("");
      expected.add("[" + String.join(" ", words) + "]");
    }
    StringBuilder print = new StringBuilder(make.toString());
    for (int i = 0; i < expected.size(); i++) {
      print.append("$(info [$(V").append(i).append(")])\n");
    }
    Path file = Files.writeString(directory.resolve("m"), print + "all:;@true\n");
    Programs.Result made = Programs.run("make", "-s", "-f", file.toString()).ok();
    assertThat(made.text().lines()).containsExactlyElementsOf(expected);
  }

  private static String word(Random random) {
    StringBuilder word = new StringBuilder();
    for (int i = 1 + random.nextInt(40); i > 0; i--) {
      word.append(ALLOWED.charAt(random.nextInt(ALLOWED.length())));
    }
    return random.nextInt(8) == 0 ? word + "/$repo/os/$arch" : word.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a b",
        "a\tb",
        "a\nb",
        "a#b",
        "a\\",
        "$(shell id)",
        "$$",
        "$x",
        "$",
        "${repo}",
        "$repository",
        "$arch_",
        "a;b",
        "a|b",
        "a&b",
        "`id`",
        "'",
        "\"",
        "(",
        "*",
        "?",
        "[a]",
        "é",
        "a\u0000",
        "<",
        ">",
        "!",
        "{a,b}"
      })
  void whatMakeOrAShellWouldReadDifferentlyIsRefused(String word) {
    assertThatThrownBy(() -> MakeText.literal(word)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void namesAndCommentsAreOnlyThat() {
    MakeText make = new MakeText();
    assertThatThrownBy(() -> make.set("A B", "x")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> make.set("A$(x)", "x")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> make.comment("a\nall:")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> make.comment("a\\")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> make.include("a b")).isInstanceOf(IllegalArgumentException.class);
    assertThat(make.toString()).isEmpty();
  }
}
