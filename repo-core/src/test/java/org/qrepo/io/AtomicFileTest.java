package org.qrepo.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  private static final Set<PosixFilePermission> SECRET =
      PosixFilePermissions.fromString("rw-------");

  @TempDir Path dir;

  @Test
  void replacesWhatHasTheName() throws IOException {
    Path target = Files.writeString(dir.resolve("a"), "old");
    AtomicFile.write(target, "new".getBytes(StandardCharsets.UTF_8), SECRET);
    assertThat(target).hasContent("new");
    assertThat(Files.getPosixFilePermissions(target)).isEqualTo(SECRET);
    assertThat(dir).isDirectoryNotContaining("glob:**.qrepo-tmp-*");
  }

  @Test
  void replacesALinkAndNotWhatItLeadsTo() throws IOException {
    Path other = Files.writeString(dir.resolve("other"), "kept");
    Path target = Files.createSymbolicLink(dir.resolve("a"), other);
    AtomicFile.write(target, new byte[] {'x'}, SECRET);
    assertThat(other).hasContent("kept");
    assertThat(target).hasContent("x");
    assertThat(Files.isSymbolicLink(target)).isFalse();
  }

  @Test
  void nothingHasTheNameBeforeItIsGiven() throws IOException {
    Path target = dir.resolve("a");
    try (AtomicFile file = AtomicFile.beside(target, SECRET)) {
      file.write(new byte[] {'x'}, 0, 1);
      assertThat(target).doesNotExist();
    }
    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void newFileTakesNoNameThatIsTaken() throws IOException {
    Path target = Files.writeString(dir.resolve("a"), "first");
    Files.createDirectory(dir.resolve("folder"));
    Files.createSymbolicLink(dir.resolve("link"), Path.of("nowhere"));
    for (String name : new String[] {"a", "folder", "link"}) {
      try (AtomicFile file = AtomicFile.beside(dir.resolve(name), SECRET)) {
        file.write(new byte[] {'x'}, 0, 1);
        assertThat(file.createNew()).as(name).isFalse();
      }
    }
    assertThat(target).hasContent("first");
    try (AtomicFile file = AtomicFile.beside(dir.resolve("b"), SECRET)) {
      file.write(new byte[] {'x'}, 0, 1);
      assertThat(file.createNew()).isTrue();
    }
    assertThat(dir.resolve("b")).hasContent("x");
    assertThat(Files.getAttribute(dir.resolve("b"), "unix:nlink")).isEqualTo(1);
  }

  @Test
  void folderIsNotReplaced() throws IOException {
    Files.createDirectory(dir.resolve("folder"));
    assertThatThrownBy(() -> AtomicFile.write(dir.resolve("folder"), new byte[1], SECRET))
        .isInstanceOf(FileSystemException.class);
    assertThat(dir.resolve("folder")).isEmptyDirectory();
    assertThat(dir).isDirectoryNotContaining("glob:**.qrepo-tmp-*");
  }

  @Test
  void linkReplacesALink() throws IOException {
    Path link = dir.resolve("current");
    AtomicFile.writeLink(link, "generations/1");
    AtomicFile.writeLink(link, "generations/2");
    assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of("generations/2"));
    assertThat(dir).isDirectoryNotContaining("glob:**.qrepo-tmp-*");
  }

  @Test
  void missingFolderIsAnErrorAndNotMade() {
    Path target = dir.resolve("none/a");
    assertThatThrownBy(() -> AtomicFile.write(target, new byte[1], SECRET))
        .isInstanceOf(IOException.class);
    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void unfinishedFileOfThisProcessIsNotAbandoned() throws IOException {
    Instant later = Instant.now().plus(Duration.ofDays(10));
    try (AtomicFile file = AtomicFile.beside(dir.resolve("a"), SECRET)) {
      file.write(new byte[] {'x'}, 0, 1);
      try (var files = Files.list(dir)) {
        Path temporary = files.findFirst().orElseThrow();
        assertThat(AtomicFile.isTemporary(temporary.getFileName().toString())).isTrue();
        assertThat(AtomicFile.isAbandoned(temporary, later)).isFalse();
      }
    }
  }

  @Test
  void unfinishedFileOfNobodyIsAbandoned() throws IOException {
    Path withBytes = Files.writeString(dir.resolve(".qrepo-tmp-1"), "x");
    Path empty = Files.createFile(dir.resolve(".qrepo-tmp-2"));
    Instant now = Instant.now();
    assertThat(AtomicFile.isAbandoned(withBytes, now)).isTrue();
    assertThat(AtomicFile.isAbandoned(empty, now)).isFalse();
    Files.setLastModifiedTime(empty, FileTime.from(now.minusSeconds(61)));
    assertThat(AtomicFile.isAbandoned(empty, now)).isTrue();
  }
}
