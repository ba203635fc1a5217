package org.qrepo.store.local;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.publish.Store;
import org.qrepo.store.StoreContract;

class LocalStoreTest extends StoreContract {
  @TempDir Path dir;

  @Override
  protected Store create() {
    return new LocalStore(dir.resolve("srv/repo"));
  }

  @Override
  protected Store another() {
    return new LocalStore(dir.resolve("srv/repo"));
  }

  @Override
  protected int many() {
    return 300;
  }

  @Override
  protected int rounds() {
    return 50;
  }
}
