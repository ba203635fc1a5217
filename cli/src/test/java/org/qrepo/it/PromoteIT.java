package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.alpm.SamplePackage;

/** A real pacman, which demands signatures, installs what was promoted from another repository. */
class PromoteIT {
  private final Scratch scratch = new Scratch();

  @AfterEach
  void tidy() {
    scratch.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"pointer", "plain"})
  void clientsOfStableInstallWhatWasTested(String layout) {
    Path testing = scratch.path().resolve("testing");
    try (Publisher publisher = new Publisher(scratch, layout)) {
      publisher
          .publishInto(testing, List.of(sample("hello", "1.0-2"), sample("next", "1-1")))
          .expectSuccess();
      publisher.publish(sample("hello", "1.0-1"), sample("own", "1-1")).expectSuccess();
      try (PacmanClient client = publisher.client("file://" + publisher.tree())) {
        client.sync().expectSuccess();
        client.install("hello").expectSuccess();

        publisher
            .qrepo()
            .command("promote", "hello", "--from", testing.toString(), "--to", "web")
            .run()
            .expectSuccess();

        client.upgrade().expectSuccess();
        assertThat(client.installed()).containsExactly("hello 1.0-2");
        assertThat(client.root().resolve("usr/share/hello/version")).hasContent("1.0-2");
        assertThat(client.list()).containsExactly("hello 1.0-2", "own 1-1");
        client.syncFiles().expectSuccess();
        assertThat(client.files("hello")).contains("usr/share/hello/version");
      }
    }
  }

  private Path sample(String name, String version) {
    return SamplePackage.of(name, version)
        .file("usr/share/" + name + "/version", version + "\n")
        .writeTo(scratch.folder("packages"));
  }
}
