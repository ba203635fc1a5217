package org.qrepo.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;

@ExtendWith(CountedCases.class)
class BoundedStoreTest extends StoreContract {
  private MemoryStore memory = MemoryStore.withLinks();

  @Override
  protected Store create() {
    memory = MemoryStore.withLinks();
    return another();
  }

  @Override
  protected Store another() {
    return new BoundedStore(memory.another(), 2);
  }

  @Override
  protected long big() {
    return 5_000_000;
  }

  @Test
  void noMoreThanTheBoundAreWrittenAtATime() throws Exception {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Store store =
        new BoundedStore(
            new InterceptingStore(memory) {
              @Override
              protected <T> T around(StoreCall call, Action<T> action) throws StoreException {
                most.accumulateAndGet(now.incrementAndGet(), Math::max);
                try {
                  Thread.sleep(20);
                  return action.run();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                } finally {
                  now.decrementAndGet();
                }
              }
            },
            3);
    together(12, n -> store.putOnce(key("f" + n), Blobs.text("x")));
    assertThat(most).hasValue(3);
    assertThat(memory.contents()).hasSize(12);
  }

  @Test
  void turnOfAFailedWriteIsFree() throws IOException {
    Store store = new BoundedStore(new FaultyStore(memory, 1, FaultyStore.Mode.BEFORE), 1);
    assertKind(Kind.PERMANENT, () -> store.putOnce(key("a"), Blobs.text("x")));
    store.putOnce(key("a"), Blobs.text("x"));
  }

  @Test
  void boundIsTheParallelism() {
    assertThat(store().traits().parallelism()).isEqualTo(2);
    assertThat(store().traits().links()).isTrue();
    assertThatThrownBy(() -> new BoundedStore(memory, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whoIsInterruptedGetsNoTurn() {
    Thread.currentThread().interrupt();
    try {
      assertKind(Kind.PERMANENT, () -> store().putOnce(key("a"), Blobs.text("x")));
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(memory.contents()).isEmpty();
  }
}
