package org.qrepo.alpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.FuzzRounds;
import org.qrepo.Tools;

class PackageVersionTest {
  private static final long SEED = 20_240_601L;
  private static final int RANDOM_PAIRS = FuzzRounds.atLeast(3000);

  @ParameterizedTest
  @ValueSource(strings = {"1-1", "1:2.3-1", "0:0-0", "1.0~rc1+git-1.2", "a_b.c-r1", "20240101-1"})
  void acceptsWhatClientsRead(String version) {
    assertThat(new PackageVersion(version)).hasToString(version);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "1-2-3",
        "1/2-1",
        "1 2-1",
        "1-1 ",
        "1\t-1",
        "1\n-1",
        "-1",
        "1-",
        "1:-1",
        ":1-1",
        "a:1-1",
        "1:2:3-1",
        "1é-1",
        "1-1\u007f",
        "1-1:2"
      })
  void refusesWhatClientsCannotRead(String version) {
    assertThatThrownBy(() -> new PackageVersion(version))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("version ");
  }

  @Test
  void refusesWhatNoEntryCanHold() {
    String longest = "1".repeat(PackageVersion.MAX_LENGTH - 2) + "-1";
    assertThat(new PackageVersion(longest).value()).hasSize(PackageVersion.MAX_LENGTH);
    assertThatThrownBy(() -> new PackageVersion("1" + longest)).hasMessageContaining("longer");
  }

  @ParameterizedTest
  @CsvSource({
    "1.5-1, 1.5, 0",
    "1.0a, 1.0alpha, -1",
    "1.0alpha, 1.0b, -1",
    "1.0b, 1.0beta, -1",
    "1.0beta, 1.0rc, -1",
    "1.0rc, 1.0, -1",
    "1.5.a, 1.5, 1",
    "1.5.1, 1.5.b, 1",
    "2.0, 2_0, 0",
    "2.0a, 2.0.a, -1",
    "2___a, 2_a, 1",
    "1...0, 1.2, 1",
    "1., 1.a, 1",
    "1., 1.1, -1",
    "1.., 1., 0",
    "001, 1, 0",
    "1.0~rc1, 1.0, 1",
    "1.0^1, 1.0, 1",
    ":1, 1, 0",
    "a:1, 1, -1",
    "1:1.0, 2.0, 1",
    "1.0, 1.0foo.2, 1",
    "1.foo, 1.foo2, -1",
    "1, 1-, 0",
    "-1, 1, -1",
    "1-2-3, 1-2-4, -1",
    "1-1, 1-2, -1",
    "0:1, 1, 0",
    "1.0.0, 1.0, 1",
    "99999999999999999999, 1, 1"
  })
  void ordersAsClientsDo(String a, String b, int order) {
    assertThat(PackageVersion.compare(a, b)).isEqualTo(order);
    assertThat(PackageVersion.compare(b, a)).isEqualTo(-order);
  }

  @Test
  void sortsByAge() {
    assertThat(Stream.of("1:1-1", "2.10-1", "2.9-1", "2.9-2").map(PackageVersion::new).sorted())
        .extracting(PackageVersion::value)
        .containsExactly("2.9-1", "2.9-2", "2.10-1", "1:1-1");
  }

  @Test
  void agreesWithVercmpOnRandomPairs(@TempDir Path directory) {
    Tools.require("vercmp", "bash");
    Random random = new Random(SEED);
    List<String> pairs = new ArrayList<>();
    StringBuilder input = new StringBuilder();
    for (int i = 0; i < RANDOM_PAIRS; i++) {
      String a = randomVersion(random);
      String b = random.nextInt(3) == 0 ? randomVersion(random) : mutate(a, random);
      pairs.add(a);
      pairs.add(b);
      input.append(a).append('\n').append(b).append('\n');
    }
    String script = "while IFS= read -r a && IFS= read -r b; do vercmp \"$a\" \"$b\"; done";
    byte[] output =
        Tools.run(
            directory, input.toString().getBytes(StandardCharsets.UTF_8), "bash", "-c", script);
    List<String> expected = new String(output, StandardCharsets.US_ASCII).lines().toList();

    assertThat(expected).hasSize(RANDOM_PAIRS);
    for (int i = 0; i < RANDOM_PAIRS; i++) {
      String a = pairs.get(2 * i);
      String b = pairs.get(2 * i + 1);
      assertThat(PackageVersion.compare(a, b))
          .as("vercmp '%s' '%s' (seed %d)", a, b, SEED)
          .isEqualTo(Integer.parseInt(expected.get(i)));
    }
  }

  private static String randomVersion(Random random) {
    String[] pieces = {
      "0",
      "1",
      "01",
      "9",
      "10",
      "00",
      "a",
      "b",
      "rc",
      "A",
      "Z",
      "alpha",
      ".",
      ".",
      "..",
      "_",
      "-",
      "-",
      ":",
      "~",
      "^",
      "+",
      "é",
      " ",
      "1:",
      "2.0",
      "-1",
      "123456789012345678901"
    };
    StringBuilder version = new StringBuilder("1");
    version.setLength(random.nextInt(2));
    int count = random.nextInt(8);
    for (int i = 0; i < count; i++) {
      version.append(pieces[random.nextInt(pieces.length)]);
    }
    return version.toString();
  }

  private static String mutate(String version, Random random) {
    int at = random.nextInt(version.length() + 1);
    String rest =
        random.nextBoolean() || at == version.length()
            ? version.substring(at)
            : version.substring(at + 1);
    return version.substring(0, at) + (random.nextInt(4) == 0 ? "" : randomVersion(random)) + rest;
  }
}
