package org.qrepo.store.dav;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtendWith;
import org.qrepo.publish.Store;
import org.qrepo.store.CountedCases;
import org.qrepo.store.StoreContract;

/** What every store on a web server does. */
@ExtendWith(CountedCases.class)
abstract class DavContract extends StoreContract {
  private static final boolean FULL = Boolean.getBoolean("qrepo.full");
  private static final AtomicInteger FOLDERS = new AtomicInteger();
  private String folder = "";

  abstract WebServer server();

  DavSettings settings() {
    return server().settings();
  }

  @Override
  protected Store create() throws IOException {
    folder = "/srv/repo" + FOLDERS.incrementAndGet();
    return another();
  }

  @Override
  protected Store another() {
    return DavStore.open(server().url() + folder, settings());
  }

  /** Where the files of the test are. */
  final Path documents() {
    return server().documents().resolve(folder.substring(1));
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
