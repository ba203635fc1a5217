package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.store.dav.DavSettings;
import org.qrepo.store.dav.DavStore;
import org.qrepo.store.dav.WebServer;

/** A repository lives on a server that takes {@code PUT} alone and lists nothing. */
class PlainPutPublishTest {
  @TempDir static Path shared;
  private static WebServer server;

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  @BeforeAll
  static void start() throws Exception {
    server = WebServer.plain(shared);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void aRepositoryLives() throws IOException {
    Workshop shop = new Workshop(directory).layout(Layout.PLAIN);
    Receipt first = shop.add(open(), shop.sample("a", "1-1"), shop.sample("b", "1-1"));
    Receipt second = shop.add(open(), shop.sample("a", "2-1"));
    Receipt again = shop.add(open(), shop.sample("a", "2-1"));

    assertThat(first.outcome()).isEqualTo(Receipt.Outcome.PUBLISHED);
    assertThat(second.outcome()).isEqualTo(Receipt.Outcome.PUBLISHED);
    assertThat(again.outcome()).isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
    assertThat(shop.published(open())).isEqualTo(Map.of("a", "2-1", "b", "1-1"));
    assertThat(Workshop.isPairGood(open(), shop.key)).isTrue();
  }

  private static Store open() {
    return DavStore.open(
        server.url() + "/repository",
        server
            .settings()
            .withTree(false)
            .withLimits(new DavSettings.Limits(Duration.ofMinutes(10), Duration.ofMillis(100))));
  }
}
