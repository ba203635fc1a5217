package org.qrepo.cli.build.stages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.RefusedException;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.config.ComponentName;
import org.qrepo.io.TreeDeletion;

/** Sources of the user in the place of fetched ones, and back. */
class OverridesTest {
  private static final ComponentName A = new ComponentName("core-a");

  @TempDir Path directory;

  private final Silence silence = new Silence();
  private Path builder;
  private Path mine;
  private BuilderTree tree;
  private StateDirectory state;

  @BeforeEach
  void makeBuilder() throws IOException {
    builder = Files.createDirectory(directory.resolve("b")).toRealPath();
    mine = Files.createDirectory(directory.resolve("mine")).toRealPath();
    tree = new BuilderTree(builder, BuilderKind.CLASSIC);
    state = StateDirectory.lock(tree, "a test");
    Files.writeString(mine.resolve("file"), "mine 1");
    Files.createDirectory(mine.resolve("sub"));
    Files.createSymbolicLink(mine.resolve("sub/link"), Path.of("../file"));
    fetched("fetched 1");
  }

  @AfterEach
  void unlock() throws IOException {
    state.close();
  }

  @Test
  void theFetchedSourcesAreKeptAndComeBack() throws Exception {
    apply();
    assertThat(file()).hasContent("mine 1");
    assertThat(source().resolve("sub/link")).isSymbolicLink();
    assertThat(builder.resolve("qubes-src/.qrepo/aside/core-a/file")).hasContent("fetched 1");
    overrides().undo(A);
    assertThat(file()).hasContent("fetched 1");
    assertThat(record().overrides()).isEmpty();
    assertThat(Files.exists(builder.resolve("qubes-src/.qrepo/aside/core-a"))).isFalse();
  }

  @Test
  void aSecondTimeChangesNothingUntilTheUsersSourcesChange() throws Exception {
    apply();
    Files.createDirectories(source().resolve("pkgs/vm-archlinux"));
    Object key = Files.getAttribute(file(), "unix:ino");
    apply();
    assertThat(Files.getAttribute(file(), "unix:ino")).isEqualTo(key);
    assertThat(source().resolve("pkgs/vm-archlinux")).exists();
    Files.writeString(mine.resolve("file"), "mine 2");
    apply();
    assertThat(file()).hasContent("mine 2");
    assertThat(source().resolve("pkgs")).doesNotExist();
    assertThat(silence.text()).contains("copied anew from").doesNotContain("warning");
    overrides().undo(A);
    assertThat(file()).hasContent("fetched 1");
  }

  @Test
  void anOverrideThatIsConfiguredNoMoreIsUndone() throws Exception {
    apply();
    overrides().apply(Map.of());
    assertThat(file()).hasContent("fetched 1");
  }

  @Test
  void whereNothingWasFetchedNothingComesBack() throws Exception {
    TreeDeletion.delete(source());
    apply();
    assertThat(file()).hasContent("mine 1");
    overrides().undo(A);
    assertThat(source()).doesNotExist();
  }

  @Test
  void workInTheCopyIsNotLost() throws Exception {
    apply();
    Files.writeString(file(), "worked here");
    Files.writeString(mine.resolve("file"), "mine 2");
    apply();
    assertThat(file()).hasContent("mine 2");
    assertThat(builder.resolve("qubes-src/.qrepo/edited/core-a/file")).hasContent("worked here");
    assertThat(silence.text()).contains("warning: ", "What was there is in ");
  }

  @Test
  void theBuilderFetchesIntoItsOwnSources() throws Exception {
    apply();
    Files.createDirectories(source().resolve("pkgs"));
    overrides().park();
    assertThat(file()).hasContent("fetched 1");
    fetched("fetched 2");
    overrides().unpark();
    assertThat(file()).hasContent("mine 1");
    assertThat(source().resolve("pkgs")).exists();
    overrides().undo(A);
    assertThat(file()).hasContent("fetched 2");
  }

  @Test
  void whatAKilledRunBeganIsFinished() throws Exception {
    apply();
    Path aside = builder.resolve("qubes-src/.qrepo/aside/core-a");
    Path parked = builder.resolve("qubes-src/.qrepo/parked/core-a");
    Files.createDirectories(parked.getParent());

    Files.move(source(), parked); // killed between the two renames of parking
    apply();
    assertThat(file()).hasContent("mine 1");
    assertThat(aside.resolve("file")).hasContent("fetched 1");

    overrides().park(); // killed while the builder fetched
    apply();
    assertThat(file()).hasContent("mine 1");
    assertThat(aside.resolve("file")).hasContent("fetched 1");

    TreeDeletion.delete(source()); // killed between removing one copy and moving the next
    apply();
    assertThat(file()).hasContent("mine 1");
    assertThat(aside.resolve("file")).hasContent("fetched 1");

    TreeDeletion.delete(source()); // killed after the note, before the first rename
    Files.move(aside, source());
    apply();
    assertThat(file()).hasContent("mine 1");
    assertThat(aside.resolve("file")).hasContent("fetched 1");

    overrides().park();
    overrides().undo(A);
    assertThat(file()).hasContent("fetched 1");
    assertThat(parked).doesNotExist();
  }

  @Test
  void linksAndStrangeFilesAreRefused() throws Exception {
    assertThatThrownBy(() -> overrides().apply(Map.of(A, directory.resolve("none"))))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("is no directory");
    assertThatThrownBy(() -> overrides().apply(Map.of(A, directory)))
        .hasMessageContaining("lie within each other");
    assertThatThrownBy(() -> overrides().apply(Map.of(A, source())))
        .hasMessageContaining("lie within each other");
    new ProcessBuilder("mkfifo", mine.resolve("fifo").toString()).start().waitFor();
    assertThatThrownBy(this::apply).hasMessageContaining("is no file that can be copied");
    assertThat(file()).hasContent("fetched 1");
    Files.delete(mine.resolve("fifo"));
    apply();
    assertThat(file()).hasContent("mine 1");
  }

  private void apply() throws Exception {
    overrides().apply(Map.of(A, mine));
  }

  /** As a new run finds it. */
  private Overrides overrides() throws IOException {
    return new Overrides(tree, state, record(), new Git(System.getenv()), silence.console());
  }

  private BuildRecord record() throws IOException {
    return state.record();
  }

  private Path source() {
    return tree.source(A);
  }

  private Path file() {
    return source().resolve("file");
  }

  private void fetched(String text) throws IOException {
    Files.createDirectories(source());
    Files.writeString(file(), text);
  }
}
