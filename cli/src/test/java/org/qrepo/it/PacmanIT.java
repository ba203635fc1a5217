package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qrepo.alpm.SamplePackage;

/**
 * A real pacman, which demands signatures, sees every publish, in both layouts, from disk and web.
 */
class PacmanIT {
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
  void installsUpgradesAndRemoves(String layout, String transport) {
    try (Publisher publisher = new Publisher(scratch, layout)) {
      publisher.publish(hello("1.0-1"), other("1:2.0+x-1")).expectSuccess();
      try (Site site = Site.of(transport, scratch, publisher.tree());
          PacmanClient client = publisher.client(site.url())) {
        client.sync().expectSuccess();
        assertThat(client.list()).containsExactly("hello 1.0-1", "libq++ 1:2.0+x-1");
        client.install("hello", "libq++").expectSuccess();
        assertThat(client.installed()).containsExactly("hello 1.0-1", "libq++ 1:2.0+x-1");
        assertThat(client.root().resolve("usr/share/hello/version")).hasContent("1.0-1");

        publisher.publish(hello("1.0-2")).expectSuccess();
        client.upgrade().expectSuccess();
        assertThat(client.installed()).containsExactly("hello 1.0-2", "libq++ 1:2.0+x-1");
        assertThat(client.root().resolve("usr/share/hello/version")).hasContent("1.0-2");

        client.remove("hello").expectSuccess();
        assertThat(client.installed()).containsExactly("libq++ 1:2.0+x-1");

        publisher.remove("hello").expectSuccess();
        client.sync().expectSuccess();
        assertThat(client.list()).containsExactly("libq++ 1:2.0+x-1");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"pointer, file", "pointer, nginx", "plain, file", "plain, nginx"})
  void fileListsAreSeen(String layout, String transport) {
    try (Publisher publisher = new Publisher(scratch, layout)) {
      publisher.publish(hello("1.0-1")).expectSuccess();
      try (Site site = Site.of(transport, scratch, publisher.tree());
          PacmanClient client = publisher.client(site.url())) {
        client.syncFiles().expectSuccess();
        assertThat(client.files("hello"))
            .containsExactly("usr/", "usr/share/", "usr/share/hello/", "usr/share/hello/version");
        assertThat(client.run("-F", "/usr/share/hello/version").expectSuccess().out())
            .contains("t/hello 1.0-1");
        publisher.publish(other("1.0-1")).expectSuccess();
        client.syncFiles().expectSuccess();
        assertThat(client.files("libq++")).contains("usr/share/libq++/version");
      }
    }
  }

  /** Clients ask by time, in whole seconds: what has the time of the last one is never fetched. */
  @ParameterizedTest
  @CsvSource({"pointer, file", "pointer, nginx", "plain, file", "plain, nginx"})
  void publishesThatFollowAtOnceAreAllSeen(String layout, String transport) {
    try (Publisher publisher = new Publisher(scratch, layout)) {
      publisher.publish(hello("1.0-1")).expectSuccess();
      try (Site site = Site.of(transport, scratch, publisher.tree());
          PacmanClient client = publisher.client(site.url())) {
        client.sync().expectSuccess();
        for (int release = 2; release <= 4; release++) {
          publisher.publish(hello("1.0-" + release)).expectSuccess();
          client.sync().expectSuccess();
          assertThat(client.list()).containsExactly("hello 1.0-" + release);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"pointer", "plain"})
  void whatIsPublishedAlreadyIsNotPublishedAgain(String layout) {
    try (Publisher publisher = new Publisher(scratch, layout)) {
      Path file = hello("1.0-1");
      publisher.publish(file).expectSuccess();
      TreeState before = TreeState.of(publisher.tree());
      Command.Output again = publisher.publish(file).expectSuccess();
      assertThat(again.out() + again.err()).containsIgnoringCase("already published");
      assertThat(TreeState.of(publisher.tree())).isEqualTo(before);
    }
  }

  private Path hello(String version) {
    return versioned("hello", version);
  }

  private Path other(String version) {
    return versioned("libq++", version);
  }

  private Path versioned(String name, String version) {
    return SamplePackage.of(name, version)
        .file("usr/share/" + name + "/version", version + "\n")
        .writeTo(packages);
  }

  /** Where clients fetch from: the tree itself, or a web server in front of it. */
  private record Site(String url, List<Nginx> servers) implements AutoCloseable {
    static Site of(String transport, Scratch scratch, Path tree) {
      if (transport.equals("file")) {
        return new Site("file://" + tree, List.of());
      }
      Nginx nginx = Nginx.serve(scratch.path().resolve("n"), tree);
      return new Site(nginx.url(), List.of(nginx));
    }

    @Override
    public void close() {
      servers.forEach(Nginx::close);
    }
  }
}
