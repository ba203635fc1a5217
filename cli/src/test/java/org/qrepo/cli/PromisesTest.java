package org.qrepo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of promises names tests that exist. */
class PromisesTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w+)#(\\w+)`");

  @Test
  void everyTestThatThePageNamesExists() throws IOException {
    Map<String, String> sources = testSources();
    List<String> named =
        NAMED
            .matcher(Files.readString(ROOT.resolve("docs/promises.md")))
            .results()
            .map(MatchResult::group)
            .distinct()
            .toList();
    assertThat(named).hasSizeGreaterThan(60);
    assertThat(named).filteredOn(test -> !exists(test, sources)).as("missing tests").isEmpty();
  }

  private static boolean exists(String test, Map<String, String> sources) {
    String[] words = test.replace("`", "").split("#");
    return sources.getOrDefault(words[0], "").contains(" void " + words[1] + "(");
  }

  private static Map<String, String> testSources() {
    return Stream.of("repo-core", "signer", "uploaders", "cli")
        .map(module -> ROOT.resolve(module).resolve("src/test/java"))
        .map(PromisesTest::javaFiles)
        .flatMap(Collection::stream)
        .collect(
            Collectors.toMap(
                file -> file.getFileName().toString().replace(".java", ""),
                PromisesTest::text,
                String::concat));
  }

  private static List<Path> javaFiles(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(f -> f.toString().endsWith(".java")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
