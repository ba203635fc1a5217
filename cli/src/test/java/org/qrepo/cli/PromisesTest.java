package org.qrepo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of promises names tests that exist. */
class PromisesTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w+)#(\\w+)`");

  /** A test as the page names it. */
  private record Named(String type, String method) {
    boolean isIn(Map<String, String> sources) {
      return sources.getOrDefault(type, "").contains(" void " + method + "(");
    }
  }

  @Test
  void everyTestThatThePageNamesExists() throws IOException {
    Map<String, String> sources = testSources();
    List<Named> named =
        NAMED
            .matcher(Files.readString(ROOT.resolve("docs/promises.md")))
            .results()
            .map(m -> new Named(m.group(1), m.group(2)))
            .distinct()
            .toList();
    assertThat(named).hasSizeGreaterThan(60);
    assertThat(named).filteredOn(test -> !test.isIn(sources)).as("missing tests").isEmpty();
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
