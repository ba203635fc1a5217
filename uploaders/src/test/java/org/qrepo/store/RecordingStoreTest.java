package org.qrepo.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreLock;

@ExtendWith(CountedCases.class)
class RecordingStoreTest extends StoreContract {
  private MemoryStore memory = MemoryStore.withLinks();

  @Override
  protected Store create() {
    memory = MemoryStore.withLinks();
    return new RecordingStore(memory);
  }

  @Override
  protected Store another() {
    return new RecordingStore(memory.another());
  }

  @Override
  protected long big() {
    return 20_000_000;
  }

  @Test
  void callsAreRemembered() throws IOException {
    put("g/a", "four");
    assertKind(Kind.CONFLICT, () -> put("g/a", "other"));
    try (StoreLock lock = store().lock(request(0))) {
      lock.confirm();
    }
    store().list(Optional.empty());
    RecordingStore recording = (RecordingStore) store();
    assertThat(recording.entries())
        .extracting(entry -> entry.call().toString())
        .containsExactly(
            "PUT_ONCE g/a (4 bytes)",
            "PUT_ONCE g/a (5 bytes)",
            "LOCK",
            "CONFIRM",
            "UNLOCK",
            "LIST");
    assertThat(recording.entries().get(1).failure()).contains(Kind.CONFLICT);
    assertThat(recording.entries().get(0).failure()).isEmpty();
    assertThat(recording.bytesWritten()).isEqualTo(4);
    assertThat(recording.entries().get(0).took().toNanos()).isPositive();
    assertThat(recording.entries().get(5).after())
        .isGreaterThan(recording.entries().get(0).after());
  }
}
