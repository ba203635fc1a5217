package org.qrepo.store.dav;

import java.util.List;
import org.qrepo.publish.Store;
import org.qrepo.store.StoreFactory;

/** Opens {@code https://} and {@code http://} targets by some settings. */
public final class DavFactory implements StoreFactory {
  private final DavSettings settings;

  public DavFactory(DavSettings settings) {
    this.settings = settings;
  }

  @Override
  public List<String> schemes() {
    return List.of("https", "http");
  }

  @Override
  public String form() {
    return DavAddress.FORM;
  }

  @Override
  public Store open(String target) {
    return DavStore.open(target, settings);
  }
}
