package org.qrepo.cli.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qrepo.cli.program.GitProgram;
import org.qrepo.cli.program.GitRun;
import org.qrepo.it.Programs;

class IgnoreRulesTest {
  private static final List<String> NAMES =
      List.of("a", "b", "ab", "a.c", "ba.py", "a b", "-", "a]", "A", "é", "x!", "#h", "a\\");

  private final Random random = new Random(20261122);

  @ParameterizedTest
  @CsvSource({
    "*.pyc, a.pyc, true",
    "*.pyc, d/a.pyc, true",
    "/a, d/a, false",
    "d/, d, false",
    "artifacts, artifacts, true",
    "**__pycache__, d/__pycache__, true",
    "chroot-*, chroot-vm-archlinux, true",
    "/*.conf*, builder.conf.old, true",
    "/*.conf*, example-configs/a.conf, false"
  })
  void fits(String pattern, String path, boolean ignored) {
    assertThat(IgnoreRules.of(Map.of("", pattern)).ignores(path, false)).isEqualTo(ignored);
  }

  @Test
  void theNearestFileAndTheLastLineCount() {
    IgnoreRules rules = IgnoreRules.of(Map.of("", "*.o\n!keep.o\n", "d/", "keep.o\n!x.o\n"));
    assertThat(rules.ignores("a.o", false)).isTrue();
    assertThat(rules.ignores("keep.o", false)).isFalse();
    assertThat(rules.ignores("d/keep.o", false)).isTrue();
    assertThat(rules.ignores("d/x.o", false)).isFalse();
  }

  private String one(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }

  private String pattern() {
    StringBuilder pattern = new StringBuilder();
    for (int parts = 1 + random.nextInt(5); parts > 0; parts--) {
      pattern.append(
          one(
              List.of(
                  "*",
                  "?",
                  "**",
                  "/",
                  "**/",
                  "/**",
                  "[ab]",
                  "[!a]",
                  "[a-c]",
                  "[[:alpha:]]",
                  "[",
                  "[]a]",
                  "\\*",
                  "\\",
                  "a",
                  "b",
                  "ab",
                  ".c",
                  ".py",
                  " ",
                  "\\ ",
                  "-",
                  "!",
                  "#",
                  "]",
                  "***",
                  "[z-a]",
                  "é",
                  "\r",
                  "[[:no:]]",
                  "A")));
    }
    return pattern.toString();
  }

  private String rules() {
    StringBuilder text = new StringBuilder();
    for (int lines = 1 + random.nextInt(3); lines > 0; lines--) {
      text.append(one(List.of("", "", "!", "#", "/"))).append(pattern());
      text.append(one(List.of("\n", "/\n", "  \n", "\r\n")));
    }
    return text.toString();
  }

  /** A tree of empty files, and git's opinion of which of them are ignored. */
  @Test
  void agreesWithGit(@TempDir Path root) throws IOException {
    Programs.require("git");
    for (String name : NAMES) {
      Files.createDirectories(root.resolve("d/" + name + "d/sub"));
      for (String folder : List.of("", "d/", "d/" + name + "d/", "d/" + name + "d/sub/")) {
        Files.writeString(root.resolve(folder + name), "");
      }
    }
    git(root, "init", "--quiet");
    for (int round = 0; round < (Boolean.getBoolean("qrepo.full") ? 1000 : 40); round++) {
      Map<String, String> texts = Map.of("", rules(), "d/", random.nextBoolean() ? rules() : "");
      for (Map.Entry<String, String> text : texts.entrySet()) {
        Files.writeString(root.resolve(text.getKey() + ".gitignore"), text.getValue());
      }
      Set<String> git =
          Stream.of(
                  git(root, "ls-files", "-z", "--others", "--exclude-per-directory=.gitignore")
                      .split("\0", -1))
              .filter(name -> !name.isEmpty())
              .collect(Collectors.toCollection(TreeSet::new));
      Set<String> ours = new TreeSet<>();
      walk(root, root, IgnoreRules.of(texts), ours);
      assertThat(ours).as(texts.toString()).isEqualTo(git);
    }
  }

  private static void walk(Path root, Path folder, IgnoreRules rules, Set<String> kept)
      throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String path = root.relativize(file).toString();
        boolean directory = Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
        if (path.equals(".git") || rules.ignores(path, directory)) {
          continue;
        }
        if (directory) {
          walk(root, file, rules, kept);
        } else {
          kept.add(path);
        }
      }
    }
  }

  private static String git(Path root, String... words) {
    GitProgram git = GitProgram.find(Map.of("PATH", String.valueOf(System.getenv("PATH"))));
    List<String> all = new java.util.ArrayList<>(List.of("-C", root.toString()));
    all.addAll(List.of(words));
    try {
      GitRun.Result result = GitRun.of(git.process(Map.of(), all), "");
      assertThat(result.code()).as(result.errors()).isZero();
      return result.out();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
