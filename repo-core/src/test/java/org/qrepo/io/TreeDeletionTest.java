package org.qrepo.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeDeletionTest {
  @TempDir Path directory;

  @Test
  void noLinkIsFollowed() throws IOException {
    Path precious = Files.createDirectory(directory.resolve("precious"));
    Files.writeString(precious.resolve("file"), "p");
    Path tree = Files.createDirectories(directory.resolve("t/a/b"));
    Files.createSymbolicLink(tree.resolve("link"), precious);
    Files.createSymbolicLink(directory.resolve("t/top"), precious.resolve("file"));
    TreeDeletion.delete(directory.resolve("t"));
    assertThat(directory.resolve("t")).doesNotExist();
    Path link = Files.createSymbolicLink(directory.resolve("l"), precious);
    TreeDeletion.deleteWhole(link);
    TreeDeletion.delete(directory.resolve("not there"));
    TreeDeletion.delete(directory.resolve("not/there"));
    assertThat(link).doesNotExist();
    assertThat(precious.resolve("file")).hasContent("p");
  }

  @Test
  void anInterruptionStopsItUnlessAllMustGo() throws IOException {
    Path tree = Files.createDirectories(directory.resolve("t/a"));
    Files.writeString(tree.resolve("file"), "f");
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> TreeDeletion.delete(directory.resolve("t")))
          .isInstanceOf(ClosedByInterruptException.class);
      assertThat(tree.resolve("file")).exists();
      TreeDeletion.deleteWhole(directory.resolve("t"));
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(directory.resolve("t")).doesNotExist();
  }

  @Test
  void anotherFileSystemIsLeftAsItIs() throws Exception {
    Path mounted = Files.createDirectories(directory.resolve("t/mounted"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "none", mounted.toString()) == 0,
        "limitation: only root can mount");
    try {
      Path file = Files.writeString(mounted.resolve("file"), "p");
      assertThatThrownBy(() -> TreeDeletion.delete(directory.resolve("t")))
          .hasMessageContaining("mounted: is on another file system, and was left as it is");
      assertThat(file).hasContent("p");
    } finally {
      assertThat(run("umount", mounted.toString())).isZero();
    }
  }

  private static int run(String... words) throws Exception {
    return new ProcessBuilder(words).inheritIO().start().waitFor();
  }

  /** As a git that has just been told to end, and tidies up. */
  @Test
  void whatOthersDeleteMeanwhileIsWell() throws Exception {
    Path tree = Files.createDirectory(directory.resolve("t"));
    for (int i = 0; i < 2000; i++) {
      Files.createDirectory(tree.resolve(Integer.toString(i)));
    }
    Thread other =
        new Thread(
            () -> {
              for (int i = 0; i < 2000; i++) {
                tree.resolve(Integer.toString(i)).toFile().delete();
              }
            });
    other.start();
    TreeDeletion.delete(tree);
    other.join();
    assertThat(tree).doesNotExist();
  }
}
