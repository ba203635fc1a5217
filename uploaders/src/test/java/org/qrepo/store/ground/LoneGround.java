package org.qrepo.store.ground;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.qrepo.publish.Store;

/** A ground whose targets say that only one publisher may work there at a time. */
record LoneGround(Ground inner, String key) implements Ground {
  @Override
  public Path root() {
    return inner.root();
  }

  @Override
  public Path folder(String name) {
    return inner.folder(name);
  }

  @Override
  public Store open(Path folder) {
    return inner.open(folder);
  }

  @Override
  public Map<String, String> target(Path folder) {
    Map<String, String> keys = new TreeMap<>(inner.target(folder));
    keys.put(key, "false");
    return keys;
  }

  @Override
  public Map<String, String> environment() {
    return inner.environment();
  }

  @Override
  public String site(Path folder) {
    return inner.site(folder);
  }

  @Override
  public void close() {
    inner.close();
  }
}
