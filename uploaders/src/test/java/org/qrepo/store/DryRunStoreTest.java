package org.qrepo.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.Tag;

/** The contract does not apply: a dry run cannot be written to. */
class DryRunStoreTest {
  private static final StoreKey KEY = new StoreKey("g/a");

  private final MemoryStore memory = MemoryStore.withLinks();
  private final Store dry = new DryRunStore(memory);

  @BeforeEach
  void fill() throws IOException {
    memory.putOnce(KEY, Blobs.text("x"));
    memory.swapLink(new StoreKey("current"), Optional.empty(), "g");
  }

  @Test
  void readsPass() throws IOException {
    assertThat(dry.stat(KEY)).isEqualTo(memory.stat(KEY)).isPresent();
    assertThat(StoreContract.text(dry, KEY)).isEqualTo("x");
    assertThat(dry.list(Optional.of(new StoreKey("g")))).containsExactly(KEY);
    assertThat(dry.folders(Optional.empty())).containsExactly(new StoreKey("g"));
    assertThat(dry.readLink(new StoreKey("current"))).contains("g");
    assertThat(dry.traits()).isEqualTo(memory.traits());
    assertThat(dry.location()).isEqualTo(memory.location());
  }

  @Test
  void everyWriteIsAProgrammingError() throws IOException {
    var before = memory.contents();
    assertRefused(() -> dry.putOnce(new StoreKey("b"), Blobs.text("x")));
    assertRefused(() -> dry.putOnce(KEY, Blobs.text("x")));
    assertRefused(() -> dry.swap(new StoreKey("b"), Tag.ABSENT, Blobs.text("x")));
    assertRefused(() -> dry.delete(KEY));
    assertRefused(() -> dry.delete(new StoreKey("none")));
    assertRefused(() -> dry.swapLink(new StoreKey("current"), Optional.of("g"), "h"));
    assertRefused(() -> dry.lock(StoreContract.request(0)));
    assertThat(memory.contents()).isEqualTo(before);
  }

  private static void assertRefused(ThrowingCallable write) {
    assertThatThrownBy(write)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("a dry run must not write");
  }
}
