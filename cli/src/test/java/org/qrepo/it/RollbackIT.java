package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qrepo.alpm.SamplePackage;

/**
 * A real pacman, which demands signatures and holds the newer database, sees every rollback and
 * every publish after it, and goes down and up with them.
 */
class RollbackIT {
  private final Scratch scratch = new Scratch();
  private Path packages = scratch.path();

  @BeforeEach
  void prepare() {
    packages = scratch.folder("packages");
  }

  @AfterEach
  void tidy() {
    scratch.close();
  }

  @ParameterizedTest
  @CsvSource({"pointer, file", "pointer, nginx", "plain, file", "plain, nginx"})
  void aClientThatHoldsTheNewerDatabaseSeesEachChange(String layout, String transport)
      throws IOException {
    try (Publisher publisher = new Publisher(scratch, layout)) {
      publisher.publish(hello("1.0-1")).expectSuccess();
      publisher.publish(hello("1.0-2"), other("1.0-1")).expectSuccess();
      try (Nginx nginx = Nginx.serve(scratch.path().resolve("n"), publisher.tree());
          PacmanClient client =
              publisher.client(
                  transport.equals("file") ? "file://" + publisher.tree() : nginx.url())) {
        client.sync().expectSuccess();
        client.install("hello").expectSuccess();
        expect(client, "1.0-2");

        Command.Output back = rollback(publisher);
        assertThat(back.err()).endsWith("pacman -Syyuu\n");
        // Plain -Sy, for what the client holds must be seen to be older by its time alone.
        client.sync().expectSuccess();
        assertThat(client.list()).containsExactly("hello 1.0-1");
        client.downgrade().expectSuccess();
        expect(client, "1.0-1");
        client.syncFiles().expectSuccess();
        assertThat(client.files("hello")).contains("usr/share/hello/version");

        publisher.publish(hello("1.0-3")).expectSuccess();
        client.sync().expectSuccess();
        assertThat(client.list()).containsExactly("hello 1.0-3");
        client.downgrade().expectSuccess();
        expect(client, "1.0-3");

        rollback(publisher);
        client.sync().expectSuccess();
        assertThat(client.list()).containsExactly("hello 1.0-1");
        client.downgrade().expectSuccess();
        expect(client, "1.0-1");

        rollback(publisher);
        client.sync().expectSuccess();
        assertThat(client.list()).containsExactly("hello 1.0-3");
        client.upgrade().expectSuccess();
        expect(client, "1.0-3");
      }
    }
  }

  private static Command.Output rollback(Publisher publisher) {
    return publisher.qrepo().command("rollback").with("web").run().expectSuccess();
  }

  private static void expect(PacmanClient client, String version) {
    assertThat(client.installed()).containsExactly("hello " + version);
    assertThat(client.root().resolve("usr/share/hello/version")).hasContent(version);
  }

  private Path hello(String version) {
    return sample("hello", version);
  }

  private Path other(String version) {
    return sample("other", version);
  }

  private Path sample(String name, String version) {
    return SamplePackage.of(name, version)
        .file("usr/share/" + name + "/version", version + "\n")
        .writeTo(packages);
  }
}
