package org.qrepo.store.s3;

import java.util.List;
import java.util.Random;
import org.qrepo.publish.Pause;
import org.qrepo.publish.Store;
import org.qrepo.store.ClaimingStore;
import org.qrepo.store.Retries;
import org.qrepo.store.Retry;
import org.qrepo.store.RetryPolicy;
import org.qrepo.store.StoreFactory;

/** Opens buckets. No class of the SDK is loaded before the first one is opened. */
public final class S3Factory implements StoreFactory {
  private final S3Settings settings;
  private final RetryPolicy policy;
  private final Retry.Listener listener;

  public S3Factory(S3Settings settings) {
    this(settings, RetryPolicy.STANDARD, Retry.Listener.NONE);
  }

  /**
   * Buckets whose single requests are repeated by a policy.
   *
   * @param listener hears of every wait
   */
  public S3Factory(S3Settings settings, RetryPolicy policy, Retry.Listener listener) {
    this.settings = settings;
    this.policy = policy;
    this.listener = listener;
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
    Retries retries = new Retries(policy, Pause.REAL, new Random(), listener);
    Store bucket = S3Store.open(S3Address.parse(target), settings, retries);
    return settings.conditional() ? bucket : new ClaimingStore(bucket);
  }
}
