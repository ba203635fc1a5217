package org.qrepo.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.store.s3.S3Factory;

/** The contract through all decorators of a target at once, and their order. */
@ExtendWith(CountedCases.class)
class DecoratorsTest extends StoreContract {
  private static final Decorators ALL =
      new Decorators(
          new RetryPolicy(4, Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMinutes(1)),
          OptionalInt.of(3),
          Optional.of(Bandwidth.of(1L << 30)),
          Retry.Listener.NONE);

  @TempDir Path dir;
  private MemoryStore memory = MemoryStore.withLinks();

  @Override
  protected Store create() {
    memory = MemoryStore.withLinks();
    return another();
  }

  @Override
  protected Store another() {
    return Stores.standard()
        .behind(store -> new RecordingStore(memory.another()))
        .open(dir.toString(), ALL);
  }

  @Override
  protected long big() {
    return 20_000_000;
  }

  @Test
  void orderIsFromTheUserToTheServer() {
    assertThat(store().toString())
        .startsWith("RetryingStore[BoundedStore[BandwidthStore[RecordingStore[MemoryStore");
  }

  @Test
  void storeThatRepeatsItsRequestsIsNotRepeatedAround() throws StoreException {
    try (Store bucket = Stores.standard().open("s3://bucket/prefix", ALL)) {
      assertThat(bucket.toString()).startsWith("BoundedStore[BandwidthStore[S3Store");
    }
    assertThat(new S3Factory(org.qrepo.store.s3.S3Settings.standard()).repeatsRequests()).isTrue();
  }

  @Test
  void limitsAreLeftOutWhereNoneAreSet() throws StoreException {
    Decorators standard = Decorators.standard(Retry.Listener.NONE);
    try (Store store = Stores.standard().open(dir.toString(), standard)) {
      assertThat(store.toString()).startsWith("RetryingStore[LocalStore");
    }
  }

  @Test
  void faultsOfTheServerAreTriedAgain() throws Exception {
    Stores faulty =
        Stores.standard()
            .behind(
                store ->
                    new FaultyStore(store, 2, FaultyStore.Mode.BEFORE, Kind.TRANSIENT, n -> {}));
    try (Store store = faulty.open(dir.resolve("r").toString(), ALL)) {
      store.putOnce(key("a"), Blobs.text("x"));
      store.putOnce(key("b"), Blobs.text("x"));
      assertThat(store.list(Optional.empty())).hasSize(2);
    }
  }
}
