package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.alpm.SamplePackage;

/**
 * Real pacmans, which demand signatures and hold the newer database, see every rollback and every
 * publish after it, and go down and up with them. They ask with plain {@code -Sy}: what they hold
 * must be seen to be older by its time alone.
 */
class RollbackIT {
  private final Scratch scratch = new Scratch();
  private final List<AutoCloseable> open = new ArrayList<>();
  private Path packages = scratch.path();

  @BeforeEach
  void prepare() {
    packages = scratch.folder("packages");
  }

  @AfterEach
  void tidy() throws Exception {
    Collections.reverse(open);
    for (AutoCloseable each : open) {
      each.close();
    }
    scratch.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"redirect", "plain"})
  void clientsThatHoldTheNewerDatabaseSeeEachChange(String layout) throws IOException {
    Publisher publisher = new Publisher(scratch, layout);
    open.add(publisher);
    publisher.publish(hello("1.0-1")).expectSuccess();
    publisher.publish(hello("1.0-2"), other("1.0-1")).expectSuccess();
    Map<String, PacmanClient> clients = clients(publisher);
    for (PacmanClient client : clients.values()) {
      client.sync().expectSuccess();
      client.install("hello").expectSuccess();
      expect(client, "1.0-2");
    }

    Command.Output back = rollback(publisher);
    assertThat(back.err()).endsWith("pacman -Syyuu\n");
    seeAndFollow(clients, "1.0-1", "rolled back");
    publisher.publish(hello("1.0-3")).expectSuccess();
    seeAndFollow(clients, "1.0-3", "published after it");
    rollback(publisher);
    seeAndFollow(clients, "1.0-1", "rolled back again");
    rollback(publisher);
    seeAndFollow(clients, "1.0-3", "rolled back from that");
  }

  /** On the same machine, behind plain nginx, and behind servers that redirect where they can. */
  private Map<String, PacmanClient> clients(Publisher publisher) {
    Map<String, PacmanClient> clients = new TreeMap<>();
    add(clients, "file", "file://" + publisher.tree(), publisher);
    for (Web.Kind kind : List.of(Web.Kind.NGINX_ALONE, Web.Kind.SERVE, Web.Kind.NGINX)) {
      Path home = scratch.path().resolve("w" + open.size());
      Web web = Web.start(kind, publisher.qrepo(), home, publisher.tree(), Publisher.NAME);
      open.add(web);
      add(clients, kind.name(), web.url(), publisher);
    }
    return clients;
  }

  private void add(
      Map<String, PacmanClient> clients, String name, String url, Publisher publisher) {
    Path home = scratch.path().resolve("c" + clients.size());
    PacmanClient client = new PacmanClient(home, Publisher.NAME, url, publisher.certificate());
    open.add(client);
    clients.put(name, client);
  }

  private static void seeAndFollow(
      Map<String, PacmanClient> clients, String version, String change) {
    clients.forEach(
        (name, client) -> {
          String what = name + ": " + change;
          client.sync().expectSuccess();
          assertThat(client.list()).as(what).containsExactly("hello " + version);
          // The question was a conditional one: without a change nothing is fetched.
          String fetched = client.fetched();
          client.sync().expectSuccess();
          assertThat(client.fetched()).as(what).isEqualTo(fetched);
          client.syncFiles().expectSuccess();
          assertThat(client.files("hello")).as(what).contains("usr/share/hello/" + version);
          client.downgrade().expectSuccess();
          expect(client, version);
        });
  }

  private static Command.Output rollback(Publisher publisher) {
    return publisher.qrepo().command("rollback").with("web").run().expectSuccess();
  }

  private static void expect(PacmanClient client, String version) {
    assertThat(client.installed()).containsExactly("hello " + version);
    assertThat(client.root().resolve("usr/share/hello/" + version)).hasContent(version);
  }

  private Path hello(String version) {
    return sample("hello", version);
  }

  private Path other(String version) {
    return sample("other", version);
  }

  private Path sample(String name, String version) {
    return SamplePackage.of(name, version)
        .file("usr/share/" + name + "/" + version, version + "\n")
        .writeTo(packages);
  }
}
