package org.qrepo.cli.build.configure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class YamlTextTest {
  private static final List<String> TEXTS =
      List.of(
          "",
          "a",
          "yes",
          "No",
          "on",
          "y",
          "null",
          "~",
          "true",
          "1",
          "1.5",
          "0x10",
          "1:30",
          "2026-11-22",
          "- a",
          "a: b",
          "#",
          "a #b",
          "'",
          "\"",
          "\\",
          "a\nb",
          " a",
          "a ",
          "@dispvm",
          "*a",
          "&a",
          "!a",
          "%a",
          "{",
          "[",
          "|",
          ">",
          "?",
          "é",
          "\u2028",
          "\u0000",
          "\u007f",
          "😀",
          "release4.3",
          "app-linux-split-gpg",
          "$(id)",
          "=",
          "<<");

  @Test
  void whatIsWrittenIsRead() {
    Random random = new Random(11);
    for (int i = 0; i < 300; i++) {
      Map<String, Object> keys = mapping(random, 3);
      YamlText yaml = new YamlText().comment("c");
      keys.forEach(yaml::set);
      Object read = new Load(LoadSettings.builder().build()).loadFromString(yaml.toString());
      assertThat(read).as(yaml.toString()).isEqualTo(keys);
    }
  }

  private static Map<String, Object> mapping(Random random, int depth) {
    Map<String, Object> keys = new LinkedHashMap<>();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      keys.put(text(random), value(random, depth));
    }
    return keys;
  }

  private static Object value(Random random, int depth) {
    return switch (depth == 0 ? random.nextInt(3) : random.nextInt(6)) {
      case 0 -> random.nextInt(100_000) - 50_000;
      case 1 -> random.nextBoolean();
      case 2 -> text(random);
      case 3 -> random.nextBoolean() ? Map.of() : mapping(random, depth - 1);
      default -> list(random, depth - 1);
    };
  }

  private static List<Object> list(Random random, int depth) {
    List<Object> items = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      items.add(value(random, depth));
    }
    return items;
  }

  private static String text(Random random) {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  /** PyYAML, by which v2 reads, knows YAML 1.1. */
  @Test
  void wordsThatOlderReadersTakeForTruthStandInQuotes() {
    assertThat(new YamlText().set("y", List.of("yes", "Off", "n", "plain")))
        .hasToString("'y':\n  - 'yes'\n  - 'Off'\n  - 'n'\n  - plain\n");
  }

  @Test
  void commentsAreOneLine() {
    assertThatThrownBy(() -> new YamlText().comment("a\nb: c"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
