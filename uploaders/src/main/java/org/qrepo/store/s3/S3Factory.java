package org.qrepo.store.s3;

import java.util.List;
import org.qrepo.publish.Store;
import org.qrepo.store.StoreFactory;

/** Opens buckets. No class of the SDK is loaded before the first one is opened. */
public final class S3Factory implements StoreFactory {
  private final S3Settings settings;

  public S3Factory(S3Settings settings) {
    this.settings = settings;
  }

  @Override
  public List<String> schemes() {
    return List.of("s3");
  }

  @Override
  public String form() {
    return "s3://BUCKET/PREFIX";
  }

  @Override
  public boolean repeatsRequests() {
    return true;
  }

  @Override
  public Store open(String target) {
    return S3Store.open(S3Address.parse(target), settings);
  }
}
