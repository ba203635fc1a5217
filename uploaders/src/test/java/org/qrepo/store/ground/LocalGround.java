package org.qrepo.store.ground;

import java.nio.file.Path;
import java.util.Map;
import org.qrepo.publish.Store;
import org.qrepo.store.local.LocalStore;

/** A disk, from which clients read themselves. */
record LocalGround(Path root) implements Ground {
  @Override
  public Store open(Path folder) {
    return new LocalStore(folder);
  }

  @Override
  public Map<String, String> target(Path folder) {
    return Map.of("url", folder.toString());
  }

  @Override
  public Map<String, String> environment() {
    return Map.of();
  }

  @Override
  public String site(Path folder) {
    return "file://" + folder;
  }

  @Override
  public void close() {}
}
