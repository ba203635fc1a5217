package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.io.Digests;

class ScratchTest {
  @TempDir Path parent;

  @Test
  void whatIsSpooledIsMeasuredAndGoesWithTheDirectory() throws IOException {
    byte[] bytes = "some bytes".getBytes(StandardCharsets.US_ASCII);
    try (Scratch scratch = new Scratch(parent)) {
      Scratch.Spooled spooled = scratch.spool(new ByteArrayInputStream(bytes), bytes.length);

      assertThat(spooled.size()).isEqualTo(bytes.length);
      assertThat(spooled.digests().sha256()).isEqualTo(Digests.of(bytes, Set.of()).sha256());
      assertThat(spooled.file()).hasBinaryContent(bytes);
    }
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void anEndlessStreamIsCutAtTheLimit() throws IOException {
    try (Scratch scratch = new Scratch(parent)) {
      assertThatThrownBy(() -> scratch.spool(endless(), 1 << 20))
          .isInstanceOf(Scratch.TooLargeException.class);
    }
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void aDirectoryThatACleanerHasTakenIsNoFailure() throws IOException {
    try (Scratch scratch = new Scratch(parent)) {
      scratch.spool(new ByteArrayInputStream(new byte[1]), 1);
      try (Stream<Path> files = Files.walk(parent)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    assertThat(parent).doesNotExist();
  }

  private static InputStream endless() {
    return new InputStream() {
      @Override
      public int read() {
        return 'x';
      }

      @Override
      public int read(byte[] bytes, int offset, int length) {
        return length;
      }
    };
  }
}
