package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.alpm.SamplePackage;

/** Several publishers at a time lose nothing of each other's work. */
class RivalPublishersIT {
  private static final int RIVALS = 4;

  private final Scratch scratch = new Scratch();

  @AfterEach
  void tidy() {
    scratch.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"pointer", "plain"})
  void allChangesArrive(String layout) throws IOException, InterruptedException {
    try (Publisher publisher = new Publisher(scratch, layout)) {
      publisher.publish(named("first")).expectSuccess();
      Map<Path, Process> running = new LinkedHashMap<>();
      List<String> expected = new ArrayList<>(List.of("first 1.0-1"));
      for (int i = 0; i < RIVALS; i++) {
        Path log = scratch.path().resolve("rival" + i + ".log");
        running.put(log, publisher.publishing(List.of(named("rival" + i))).start(log, log));
        expected.add("rival" + i + " 1.0-1");
      }
      for (Map.Entry<Path, Process> each : running.entrySet()) {
        assertThat(each.getValue().waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(each.getValue().exitValue()).as(Files.readString(each.getKey())).isZero();
      }
      try (PacmanClient client = publisher.client("file://" + publisher.tree())) {
        client.sync().expectSuccess();
        assertThat(client.list()).containsExactlyInAnyOrderElementsOf(expected);
        client.syncFiles().expectSuccess();
        client.install("rival0", "rival" + (RIVALS - 1)).expectSuccess();
      }
    }
  }

  private Path named(String name) {
    return SamplePackage.of(name, "1.0-1")
        .file("usr/share/" + name, name)
        .writeTo(scratch.folder("packages"));
  }
}
