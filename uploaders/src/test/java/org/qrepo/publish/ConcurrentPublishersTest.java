package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Eight publishers at a time, each with packages of its own: none is lost, whoever wins. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ConcurrentPublishersTest {
  private static final int PUBLISHERS = 8;
  private static final int ROUNDS = 3;

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  @ParameterizedTest
  @EnumSource(names = {"CONDITIONAL", "LOCAL_POINTER", "LOCAL_PLAIN", "LINKS_POINTER"})
  void nothingIsLost(Place place) throws Exception {
    Supplier<Store> stores = place.open(directory.resolve("tree"));
    CyclicBarrier start = new CyclicBarrier(PUBLISHERS);
    ExecutorService threads = Executors.newFixedThreadPool(PUBLISHERS);
    List<Future<List<Receipt>>> running = new ArrayList<>();
    for (int i = 0; i < PUBLISHERS; i++) {
      String name = "p" + i;
      running.add(threads.submit(() -> publish(place, stores.get(), name, start)));
    }
    List<Long> sequences = new ArrayList<>();
    for (Future<List<Receipt>> future : running) {
      future.get().forEach(r -> sequences.add(r.sequence()));
    }
    threads.shutdown();

    Workshop eyes = new Workshop(directory.resolve("eyes")).layout(place.layout);
    Store store = stores.get();
    assertThat(eyes.published(store)).hasSize(PUBLISHERS * (ROUNDS + 1));
    for (int i = 0; i < PUBLISHERS; i++) {
      assertThat(eyes.published(store)).containsEntry("p" + i, ROUNDS + "-1");
    }
    assertThat(sequences).as("each commit has a place of its own").doesNotHaveDuplicates();
    assertThat(eyes.history(store).chain(100))
        .as("the chain reaches back to the first")
        .hasSize(PUBLISHERS * ROUNDS)
        .extracting(e -> e.generation().sequence())
        .last()
        .isEqualTo(1L);
    assertThat(Workshop.isPairGood(store, eyes.key)).isTrue();
    assertThat(eyes.add(store, eyes.sample("p0", ROUNDS + "-1")).outcome())
        .isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
  }

  /** A higher version of one package and one new package each time. */
  private List<Receipt> publish(Place place, Store store, String name, CyclicBarrier start)
      throws Exception {
    Workshop shop = new Workshop(directory.resolve(name)).layout(place.layout);
    shop.attempts = 200;
    shop.patience = Duration.ofMinutes(1);
    shop.pause = duration -> sleep(Math.min(duration.toMillis(), 30));
    List<Receipt> receipts = new ArrayList<>();
    start.await();
    for (int round = 1; round <= ROUNDS; round++) {
      receipts.add(
          shop.add(
              store, shop.sample(name, round + "-1"), shop.sample(name + "-extra" + round, "1-1")));
    }
    assertThat(receipts).extracting(Receipt::outcome).containsOnly(Receipt.Outcome.PUBLISHED);
    return receipts;
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
