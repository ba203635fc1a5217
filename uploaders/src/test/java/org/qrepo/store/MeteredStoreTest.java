package org.qrepo.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.qrepo.publish.Event;
import org.qrepo.publish.Events;
import org.qrepo.publish.Store;
import org.qrepo.publish.Tag;

@ExtendWith(CountedCases.class)
class MeteredStoreTest extends StoreContract {
  private MemoryStore memory = MemoryStore.withLinks();

  @Override
  protected Store create() {
    memory = MemoryStore.withLinks();
    return another();
  }

  @Override
  protected Store another() {
    return new MeteredStore(memory.another(), Events.NONE);
  }

  @Override
  protected long big() {
    return 5_000_000;
  }

  @Test
  void bytesAreToldAsTheyGo() throws IOException {
    List<Event> told = Collections.synchronizedList(new ArrayList<>());
    Store store = new MeteredStore(memory, told::add);
    store.putOnce(key("a"), Blobs.random(200_000, 1));
    assertThat(told).first().isEqualTo(new Event.Sending(key("a"), 0, 200_000));
    assertThat(told).last().isEqualTo(new Event.Sending(key("a"), 200_000, 200_000));
    assertThat(told.stream().mapToLong(e -> ((Event.Sending) e).sent()).boxed().toList())
        .isSorted()
        .hasSizeGreaterThan(2);
    told.clear();
    store.swap(key("b"), Tag.ABSENT, Blobs.text("four"));
    assertThat(told).last().isEqualTo(new Event.Sending(key("b"), 4, 4));
  }
}
