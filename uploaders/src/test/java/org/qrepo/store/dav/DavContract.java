package org.qrepo.store.dav;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.Blobs;
import org.qrepo.store.CountedCases;
import org.qrepo.store.StoreContract;

/** What every store on a web server does. */
@ExtendWith(CountedCases.class)
abstract class DavContract extends StoreContract {
  private static final boolean FULL = Boolean.getBoolean("qrepo.full");
  private static final AtomicInteger FOLDERS = new AtomicInteger();
  private String place = "";

  abstract WebServer server();

  DavSettings settings() {
    return server().settings();
  }

  @Override
  protected Store create() throws IOException {
    place = "/srv/repo" + FOLDERS.incrementAndGet();
    return another();
  }

  @Override
  protected Store another() {
    return DavStore.open(server().url() + place, settings());
  }

  /** Where the files of the test are. */
  final Path documents() {
    return server().documents().resolve(place.substring(1));
  }

  @Test
  void listsFoldersWhoseFilesComeAndGo() throws Exception {
    needLists();
    Store store = another();
    StoreKey folder = new StoreKey("d");
    store.putOnce(folder.child("comes"), Blobs.text("x"));
    store.putOnce(folder.child("stays"), Blobs.text("x"));
    AtomicBoolean listed = new AtomicBoolean();
    Callable<Void> comeAndGo =
        () -> {
          Path name = documents().resolve("d/comes");
          for (int i = 0; !listed.get(); i++) {
            name = Files.move(name, name.resolveSibling("comes" + i));
            Thread.sleep(1);
          }
          return null;
        };
    Callable<Void> list =
        () -> {
          try {
            for (int i = 0; i < 200; i++) {
              assertThat(store.list(Optional.of(folder))).contains(folder.child("stays"));
            }
          } finally {
            listed.set(true);
          }
          return null;
        };
    together(List.of(comeAndGo, list));
  }

  @Override
  protected long big() {
    return FULL ? 100_000_000 : 3_000_000;
  }

  @Override
  protected int many() {
    return FULL ? 1100 : 40;
  }

  @Override
  protected int rounds() {
    return FULL ? 30 : 5;
  }
}
