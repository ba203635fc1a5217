package org.qrepo.cli.build.stages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.it.Programs;

/** What sources are, by real git and without. */
class SourceStateTest {
  @TempDir Path directory;

  @BeforeAll
  static void requireGit() {
    Programs.require("git");
  }

  private final Git git = new Git(Map.of("PATH", System.getenv("PATH")));

  @Test
  void filesNamesLinksAndModesCount() throws Exception {
    Path sources = Files.createDirectory(directory.resolve("s"));
    assertThat(SourceState.of(directory.resolve("none"), git)).isEqualTo(SourceState.NONE);
    Path file = Files.writeString(sources.resolve("f"), "1");
    List<SourceState> states = new ArrayList<>(List.of(state(sources)));
    Files.writeString(file, "2");
    states.add(state(sources));
    Files.move(file, sources.resolve("g"));
    states.add(state(sources));
    assertThat(sources.resolve("g").toFile().setExecutable(true)).isTrue();
    states.add(state(sources));
    Files.createSymbolicLink(sources.resolve("l"), Path.of("/nowhere"));
    states.add(state(sources));
    assertThat(states).doesNotHaveDuplicates().allMatch(s -> s.word().startsWith("tree-"));
    Files.createDirectories(sources.resolve("pkgs/vm-archlinux"));
    Files.writeString(sources.resolve("pkgs/vm-archlinux/p"), "p");
    Files.createSymbolicLink(directory.resolve("link"), sources);
    assertThat(state(sources)).isEqualTo(states.get(4));
    assertThat(SourceState.of(directory.resolve("link"), git)).isEqualTo(SourceState.NONE);
  }

  @Test
  void commitsAndChangesCountAndWhatGitDoesNotKnowDoesNot() throws Exception {
    Path sources = Files.createDirectory(directory.resolve("s"));
    git(sources, "init", "--quiet");
    Path file = Files.writeString(sources.resolve("f"), "1");
    git(sources, "add", "f");
    git(sources, "commit", "--quiet", "-m", "1");
    SourceState first = state(sources);
    assertThat(first.word()).startsWith("commit-");
    Files.writeString(sources.resolve("built"), "x");
    assertThat(state(sources)).isEqualTo(first);
    Files.writeString(file, "2");
    SourceState changed = state(sources);
    Files.writeString(file, "3");
    assertThat(state(sources)).isNotEqualTo(changed).isNotEqualTo(first);
    Files.writeString(file, "1");
    assertThat(state(sources)).isEqualTo(first);
    git(sources, "commit", "--quiet", "--allow-empty", "-m", "2");
    assertThat(state(sources)).isNotEqualTo(first);
  }

  @Test
  void noFilterThatTheSourcesConfigureIsRun() throws Exception {
    Path sources = Files.createDirectory(directory.resolve("s"));
    Path ran = directory.resolve("ran");
    git(sources, "init", "--quiet");
    Files.writeString(sources.resolve(".gitattributes"), "f filter=x\ng filter=y.z\n");
    Files.writeString(sources.resolve("f"), "1");
    Files.writeString(sources.resolve("g"), "1");
    git(sources, "add", ".");
    git(sources, "commit", "--quiet", "-m", "1");
    SourceState first = state(sources);
    git(sources, "config", "filter.x.clean", "touch " + ran + "; cat");
    git(sources, "config", "filter.x.required", "true");
    git(sources, "config", "filter.y.z.process", "touch " + ran);
    Files.writeString(sources.resolve("f"), "2");
    Files.writeString(sources.resolve("g"), "2");
    assertThat(state(sources).word()).startsWith("commit-").isNotEqualTo(first.word());
    git(sources, "config", "filter.a=b.clean", "touch " + ran);
    assertThat(state(sources).word()).startsWith("tree-");
    assertThat(ran).doesNotExist();
  }

  @Test
  void noFilterThatASubmoduleConfiguresIsRun() throws Exception {
    Path sources = Files.createDirectory(directory.resolve("s"));
    Path inner = Files.createDirectory(sources.resolve("inner"));
    Path ran = directory.resolve("ran");
    git(inner, "init", "--quiet");
    Files.writeString(inner.resolve(".gitattributes"), "f filter=x\n");
    Path file = Files.writeString(inner.resolve("f"), "1");
    git(inner, "add", ".");
    git(inner, "commit", "--quiet", "-m", "1");
    git(inner, "config", "filter.x.clean", "touch " + ran + "; cat");
    git(sources, "init", "--quiet");
    git(sources, "add", "--no-warn-embedded-repo", "inner");
    git(sources, "commit", "--quiet", "-m", "1");
    Files.writeString(file, "2");
    assertThat(state(sources).word()).startsWith("commit-");
    Files.writeString(sources.resolve(".gitmodules"), "[submodule \"inner\"]\n\tpath = inner\n");
    SourceState second = state(sources);
    assertThat(second.word()).startsWith("tree-");
    Files.writeString(file, "3");
    assertThat(state(sources)).isNotEqualTo(second);
    assertThat(ran).doesNotExist();
  }

  @Test
  void noProgramThatAPartialCloneConfiguresIsRun() throws Exception {
    Path ran = directory.resolve("ran");
    git(directory, "init", "--quiet");
    Path file = Files.writeString(directory.resolve("f"), "1");
    git(directory, "add", "f");
    git(directory, "commit", "--quiet", "-m", "1");
    Files.delete(
        directory.resolve(".git/objects/56/a6051ca2b02b04ef92d5150c9ef600403cb1de")); // "1"
    git(directory, "config", "core.repositoryFormatVersion", "1");
    git(directory, "config", "extensions.partialClone", "origin");
    git(directory, "config", "remote.origin.promisor", "true");
    git(directory, "config", "remote.origin.url", directory.toString());
    git(directory, "config", "remote.origin.uploadpack", "touch " + ran + "; false");
    Files.writeString(file, "2");
    assertThat(state(directory).word()).startsWith("tree-");
    assertThat(ran).doesNotExist();
  }

  @Test
  void aRepositoryAboveIsNotAsked() throws Exception {
    git(directory, "init", "--quiet");
    git(directory, "commit", "--quiet", "--allow-empty", "-m", "1");
    Path sources = Files.createDirectories(directory.resolve("s"));
    Files.writeString(sources.resolve(".git"), "gitdir: nowhere\n");
    assertThat(state(sources).word()).startsWith("tree-");
    assertThat(git.commit(sources)).isEmpty();
    Files.delete(sources.resolve(".git"));
    assertThat(git.commit(sources)).isEmpty();
    assertThat(git.commit(directory)).isPresent();
  }

  @Test
  void withoutGitFilesAreRead() throws Exception {
    git(directory, "init", "--quiet");
    git(directory, "commit", "--quiet", "--allow-empty", "-m", "1");
    assertThat(SourceState.of(directory, git).word()).startsWith("commit-");
    Git wrong = new Git(Map.of("PATH", "/usr/bin:/bin", "HOME", "/nowhere"));
    assertThat(SourceState.of(directory, wrong).word()).startsWith("commit-");
    Files.writeString(directory.resolve(".git/HEAD"), "nonsense");
    assertThat(SourceState.of(directory, git).word()).startsWith("tree-");
  }

  @Test
  void settingsOfTheUserChangeNothing() throws Exception {
    Path home = Files.createDirectory(directory.resolve("home"));
    Path ran = directory.resolve("ran");
    Files.writeString(
        home.resolve(".gitconfig"),
        "[core]\n\tpager = touch " + ran + "\n\tautocrlf = true\n[diff]\n\tnoprefix = true\n");
    Path sources = Files.createDirectory(directory.resolve("s"));
    git(sources, "init", "--quiet");
    Path file = Files.writeString(sources.resolve("f"), "1\n");
    git(sources, "add", "f");
    git(sources, "commit", "--quiet", "-m", "1");
    Files.writeString(file, "2\r\n");
    Git theirs =
        new Git(
            Map.of(
                "PATH", System.getenv("PATH"),
                "HOME", home.toString(),
                "GIT_DIR", directory.resolve("nowhere").toString(),
                "GIT_EXTERNAL_DIFF", "touch " + ran));
    assertThat(SourceState.of(sources, theirs)).isEqualTo(state(sources));
    assertThat(state(sources).word()).startsWith("commit-");
    assertThat(ran).doesNotExist();
  }

  /** Settings longer than are read, which would fill the pipe as well. */
  @Test
  @Timeout(60)
  void settingsWithoutEndAreNotAnswered() throws Exception {
    git(directory, "init", "--quiet");
    git(directory, "commit", "--quiet", "--allow-empty", "-m", "1");
    String name = "ä".repeat(500);
    StringBuilder settings = new StringBuilder();
    for (int i = 0; i < 1500; i++) {
      settings.append("[x \"").append(name).append(i).append("\"]\n\ty = 1\n");
    }
    Files.writeString(directory.resolve(".git/config"), settings, StandardOpenOption.APPEND);
    assertThat(git.commit(directory)).isPresent();
    assertThat(git.changes(directory)).isEmpty();
  }

  @Test
  void sudoersOwnWhatTheirUserOwns() throws Exception {
    assumeTrue(
        "0".equals(Files.getAttribute(directory, "unix:uid").toString()),
        "limitation: only root can give files away");
    git(directory, "init", "--quiet");
    git(directory, "commit", "--quiet", "--allow-empty", "-m", "1");
    Files.setAttribute(directory, "unix:uid", 12345);
    Files.setAttribute(directory.resolve(".git"), "unix:uid", 12345);
    String path = System.getenv("PATH");
    assertThat(git.commit(directory)).isEmpty();
    assertThat(new Git(Map.of("PATH", path, "SUDO_UID", "12346")).commit(directory)).isEmpty();
    assertThat(new Git(Map.of("PATH", path, "SUDO_UID", "12345")).commit(directory)).isPresent();
  }

  private SourceState state(Path sources) throws Exception {
    return SourceState.of(sources, git);
  }

  private static void git(Path directory, String... words)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("git", "-C", directory.toString()));
    all.addAll(List.of("-c", "user.name=T", "-c", "user.email=t@example.org"));
    all.addAll(List.of(words));
    assertThat(new ProcessBuilder(all).inheritIO().start().waitFor()).isZero();
  }
}
