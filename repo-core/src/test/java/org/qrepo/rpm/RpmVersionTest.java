package org.qrepo.rpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qrepo.Tools;

class RpmVersionTest {
  private static final String ALPHABET = "0012~^.a1bZ_+";

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "4.0.6-202611010101, 4.3.0-202011010101, -1",
    "4.3.0-202611010101, 4.3.0-202611010102, -1",
    "1:1-1, 2-1, 1",
    "0:1-1, 1-1, 0",
    "1.0~rc1-1, 1.0-1, -1",
    "1.0^git1-1, 1.0-1, 1",
    "1.0^git1-1, 1.0.1-1, -1"
  })
  void orders(String one, String two, int order) {
    assertThat(Integer.signum(RpmVersion.parse(one).compareTo(RpmVersion.parse(two))))
        .isEqualTo(order);
  }

  @Test
  void ordersAsRpmDoes() throws Exception {
    Tools.require("rpm");
    Random random = new Random(20261122);
    List<String[]> pairs = new ArrayList<>();
    StringBuilder script = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      String[] pair = {version(random), version(random)};
      pairs.add(pair);
      script.append("print(rpm.vercmp('%s', '%s') .. ' ')\n".formatted(pair[0], pair[1]));
    }
    Path file = Files.writeString(directory.resolve("compare.lua"), script);
    String macro = "%{lua: dofile('" + file + "')}";
    List<String> answers =
        List.of(
            new String(Tools.run(directory, "rpm", "--eval", macro), StandardCharsets.UTF_8)
                .trim()
                .split("\\s+", -1));
    assertThat(answers).hasSameSizeAs(pairs);
    for (int i = 0; i < answers.size(); i++) {
      String[] pair = pairs.get(i);
      assertThat(Integer.signum(RpmVersion.compareParts(pair[0], pair[1])))
          .as("%s and %s", pair[0], pair[1])
          .isEqualTo(Integer.parseInt(answers.get(i)));
    }
  }

  private static String version(Random random) {
    StringBuilder text = new StringBuilder("1");
    for (int n = random.nextInt(6); n > 0; n--) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }

  @Test
  void refusesWhatIsNoVersion() {
    for (String text : List.of("", "1", "1-2-3", ":1-1", "a:1-1", "1:1")) {
      assertThatThrownBy(() -> RpmVersion.parse(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[EPOCH:]VERSION-RELEASE");
    }
  }
}
