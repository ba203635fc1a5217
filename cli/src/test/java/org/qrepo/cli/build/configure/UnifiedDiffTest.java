package org.qrepo.cli.build.configure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.sign.Programs;

class UnifiedDiffTest {
  @TempDir private Path directory;

  /** Real git makes the new text of the old one by each difference. */
  @Test
  void gitAppliesIt() throws IOException {
    Programs.need("git");
    Random random = new Random(5);
    StringBuilder patch = new StringBuilder();
    int files = 120;
    for (int i = 0; i < files; i++) {
      String before = text(random, 40);
      String after = random.nextInt(4) == 0 ? text(random, 40) : changed(random, before);
      after = after.equals(before) ? before + "more\n" : after;
      Files.writeString(directory.resolve("f" + i), before);
      Files.writeString(directory.resolve("expected" + i), after);
      patch.append(String.join("\n", UnifiedDiff.of("f" + i, before, after))).append('\n');
    }
    Path all = Files.writeString(directory.resolve("patch"), patch);
    Programs.run("git", "-C", directory.toString(), "apply", "-p1", all.toString()).ok();
    for (int i = 0; i < files; i++) {
      assertThat(directory.resolve("f" + i))
          .hasSameTextualContentAs(directory.resolve("expected" + i));
    }
  }

  /** At least one line, with few different ones; the last may lack its end. */
  private static String text(Random random, int most) {
    String text =
        IntStream.rangeClosed(0, random.nextInt(most))
            .mapToObj(i -> "line " + random.nextInt(12) + "\n")
            .collect(Collectors.joining());
    return random.nextInt(3) == 0 ? text.substring(0, text.length() - 1) : text;
  }

  private static String changed(Random random, String text) {
    List<String> lines = text.lines().collect(Collectors.toList());
    for (int i = 0; i < 3; i++) {
      int at = random.nextInt(lines.size());
      if (random.nextBoolean()) {
        lines.set(at, "changed " + i);
      } else {
        lines.add(at, "new " + i);
      }
    }
    return String.join("\n", lines) + "\n";
  }

  @Test
  void longTextsAreReplacedAsAWhole() {
    String before =
        IntStream.range(0, 3000).mapToObj(i -> "a" + i).collect(Collectors.joining("\n"));
    String after =
        IntStream.range(0, 3000).mapToObj(i -> "b" + i).collect(Collectors.joining("\n"));
    assertThat(UnifiedDiff.of("f", before, after)).hasSize(2 + 1 + 6000 + 2);
    assertThat(UnifiedDiff.of("f", before, before)).isEmpty();
  }
}
