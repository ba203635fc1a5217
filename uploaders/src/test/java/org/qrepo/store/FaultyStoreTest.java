package org.qrepo.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreLock;
import org.qrepo.store.FaultyStore.Mode;

class FaultyStoreTest extends StoreContract {
  private MemoryStore memory = MemoryStore.withLinks();

  @Override
  protected Store create() {
    memory = MemoryStore.withLinks();
    return FaultyStore.counting(memory);
  }

  @Override
  protected Store another() {
    return FaultyStore.counting(memory.another());
  }

  @Override
  protected long big() {
    return 20_000_000;
  }

  @Test
  void faultBeforeHasNoEffect() throws IOException {
    Store faulty = new FaultyStore(memory.another(), 2, Mode.BEFORE);
    faulty.putOnce(key("a"), Blobs.text("x"));
    StoreException e = refused(() -> faulty.putOnce(key("b"), Blobs.text("x")));
    assertThat(e).hasMessage("fault made before call 2: PUT_ONCE b (1 bytes)");
    assertThat(memory.contents()).containsOnlyKeys(key("a"));
    faulty.putOnce(key("b"), Blobs.text("x"));
    assertThat(memory.contents()).containsOnlyKeys(key("a"), key("b"));
  }

  @Test
  void faultAfterHasItsEffect() {
    Store faulty = new FaultyStore(memory.another(), 1, Mode.AFTER);
    assertKind(Kind.PERMANENT, () -> faulty.putOnce(key("a"), Blobs.text("x")));
    assertThat(memory.contents()).containsOnlyKeys(key("a"));
  }

  @Test
  void connectionThatIsGoneStaysGone() {
    Store faulty = new FaultyStore(memory.another(), 2, Mode.FROM_THEN_ON);
    for (int i = 0; i < 4; i++) {
      int n = i;
      try {
        faulty.putOnce(key("a" + n), Blobs.text("x"));
        assertThat(n).isZero();
      } catch (StoreException e) {
        assertThat(n).isPositive();
      }
    }
    assertThat(memory.contents()).containsOnlyKeys(key("a0"));
  }

  @Test
  void kindIsChosen() {
    Store faulty = new FaultyStore(memory.another(), 1, Mode.BEFORE, Kind.TRANSIENT, n -> {});
    assertKind(Kind.TRANSIENT, () -> faulty.list(Optional.empty()));
  }

  @Test
  void callsAreCountedListedAndToldBeforehand() throws IOException {
    List<Integer> told = new ArrayList<>();
    FaultyStore faulty =
        new FaultyStore(memory.another(), 0, Mode.BEFORE, Kind.PERMANENT, told::add);
    try (StoreLock lock = faulty.lock(request(0))) {
      lock.confirm();
      faulty.stat(key("a"));
    }
    assertThat(faulty.count()).isEqualTo(4);
    assertThat(told).containsExactly(1, 2, 3, 4);
    assertThat(faulty.calls())
        .extracting(StoreCall::verb)
        .containsExactly(Verb.LOCK, Verb.CONFIRM, Verb.STAT, Verb.UNLOCK);
  }

  @Test
  void abandonedLocksEndWithTheStore() throws IOException {
    try (Store faulty = new FaultyStore(memory.another(), 1, Mode.AFTER)) {
      refused(() -> faulty.lock(request(0)));
      assertThatThrownBy(() -> memory.lock(request(0))).hasMessageContaining("lock");
    }
    memory.lock(request(0)).close();
  }
}
