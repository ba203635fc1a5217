package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeenDirectoryTest {
  private static final RepositoryName T = new RepositoryName("t");
  private static final String PLACE = "/srv/repo";

  @TempDir Path parent;

  @Test
  void theHighestIsRemembered() throws Exception {
    SeenDirectory seen = new SeenDirectory(parent.resolve("seen"));

    assertThat(seen.highest(T, PLACE)).isEmpty();
    seen.record(T, PLACE, generation(2));
    seen.record(T, PLACE, generation(1));

    assertThat(seen.highest(T, PLACE)).contains(generation(2));
    assertThat(seen.highest(T, "/srv/other")).isEmpty();
    assertThat(seen.highest(new RepositoryName("u"), PLACE)).isEmpty();

    seen.forget(T, PLACE);
    seen.forget(T, PLACE);
    assertThat(seen.highest(T, PLACE)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "7",
        "x 0123456789abcdef",
        "7 0123",
        "-7 0123456789abcdef",
        "99999999999999999999 0123456789abcdef",
        "7 0123456789abcdef and more"
      })
  void aDamagedMemoryIsNeverTakenForNone(String content) throws Exception {
    SeenDirectory seen = new SeenDirectory(parent);
    seen.record(T, PLACE, generation(1));
    Files.writeString(memory(), content);

    assertThatThrownBy(() -> seen.highest(T, PLACE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is damaged");
    assertThatThrownBy(() -> seen.record(T, PLACE, generation(9)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is damaged");
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNamedWithWhatItIsFor() throws Exception {
    Path file = Files.writeString(parent.resolve("file"), "");
    assertThatThrownBy(
            () -> new SeenDirectory(file.resolve("seen")).record(T, PLACE, generation(1)))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining(parent.toString())
        .hasMessageContaining("what is published is remembered there; XDG_STATE_HOME");
  }

  private Path memory() throws IOException {
    try (Stream<Path> files = Files.list(parent)) {
      return files.filter(f -> f.getFileName().toString().startsWith("t-")).findFirst().get();
    }
  }

  @Test
  void ofManyThatRecordAtOnceTheHighestStays() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Future<?>> running = new ArrayList<>();
    for (int i = 1; i <= 64; i++) {
      int sequence = i * 37 % 64 + 1;
      SeenDirectory own = new SeenDirectory(parent);
      running.add(
          threads.submit(
              () -> {
                own.record(T, PLACE, generation(sequence));
                return sequence;
              }));
    }
    for (Future<?> future : running) {
      future.get();
    }
    threads.shutdown();

    assertThat(new SeenDirectory(parent).highest(T, PLACE)).contains(generation(64));
    try (Stream<Path> files = Files.list(parent)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .as("no temporary file stays")
          .noneMatch(n -> n.contains("tmp"))
          .hasSize(2);
    }
  }

  private static SeenGenerations.Seen generation(long sequence) {
    return new SeenGenerations.Seen(
        sequence, new GenerationId(String.format(Locale.ROOT, "%016x", sequence)));
  }
}
