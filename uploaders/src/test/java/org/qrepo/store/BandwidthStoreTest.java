package org.qrepo.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.io.Blob;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;

@ExtendWith(CountedCases.class)
class BandwidthStoreTest extends StoreContract {
  private MemoryStore memory = MemoryStore.withLinks();

  @Override
  protected Store create() {
    memory = MemoryStore.withLinks();
    return another();
  }

  @Override
  protected Store another() {
    return new BandwidthStore(memory.another(), Bandwidth.of(1L << 30));
  }

  @Override
  protected long big() {
    return 5_000_000;
  }

  @ParameterizedTest
  @ValueSource(longs = {256 << 10, 2 << 20, 8 << 20})
  void rateIsKeptToAPercent(long rate) throws IOException {
    AtomicLong nanos = new AtomicLong();
    Bandwidth bandwidth =
        new Bandwidth(rate, nanos::get, wait -> nanos.addAndGet(wait.toNanos() + 1_000_000));
    Store store = new BandwidthStore(memory, bandwidth);
    Blob blob = Blobs.generated(rate * 3, 1);
    store.putOnce(key("a"), blob);
    store.swap(key("b"), org.qrepo.publish.Tag.ABSENT, blob);
    assertThat(nanos.get() / 1e9).isCloseTo(6, within(0.06));
  }

  @Test
  void parallelTransfersShareTheRate() throws Exception {
    long rate = 4 << 20;
    Store store = new BandwidthStore(memory, Bandwidth.of(rate));
    long begin = System.nanoTime();
    together(6, n -> store.putOnce(key("f" + n), Blobs.random((int) (rate / 3), n)));
    assertThat((System.nanoTime() - begin) / 1e9).isBetween(1.88, 2.3);
  }

  @Test
  void smallFileDoesNotWaitForBigOnes() throws Exception {
    Store store = new BandwidthStore(memory, Bandwidth.of(1 << 20));
    List<CompletableFuture<Void>> big = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      StoreKey key = key("big" + i);
      big.add(
          CompletableFuture.runAsync(
              () -> {
                try {
                  store.putOnce(key, Blobs.random(1 << 19, 1));
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              }));
    }
    TimeUnit.MILLISECONDS.sleep(300);
    long begin = System.nanoTime();
    store.putOnce(key("small"), Blobs.random(500, 2));
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    assertThat(big).noneMatch(CompletableFuture::isDone);
    assertThat(took).isLessThan(Duration.ofMillis(600));
    big.forEach(CompletableFuture::join);
  }

  @Test
  void skippedBytesCostNothing() throws IOException {
    List<Duration> waits = new ArrayList<>();
    Bandwidth slow = new Bandwidth(1000, () -> 0, waits::add);
    Store skipping =
        new BandwidthStore(
            new InterceptingStore(memory) {
              @Override
              protected <T> T around(StoreCall call, Action<T> action) throws StoreException {
                return action.run();
              }

              @Override
              public void putOnce(StoreKey key, Blob blob) throws StoreException {
                try (InputStream in = blob.open()) {
                  in.skipNBytes(blob.size() - 100);
                  assertThat(in.readAllBytes()).hasSize(100);
                } catch (IOException e) {
                  throw new StoreException(Kind.PERMANENT, "unreadable", e);
                }
              }
            },
            slow);
    skipping.putOnce(key("a"), Blobs.random(1_000_000, 1));
    assertThat(waits.get(waits.size() - 1)).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void interruptionEndsTheWait() {
    Bandwidth slow =
        new Bandwidth(
            1000,
            () -> 0,
            wait -> {
              throw new InterruptedIOException("interrupted");
            });
    StoreException e =
        refused(() -> new BandwidthStore(memory, slow).putOnce(key("a"), Blobs.random(1000, 1)));
    assertThat(e.kind()).isEqualTo(Kind.PERMANENT);
    assertThat(memory.contents()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "2 MiB/s, 2097152",
    "2MiB/s, 2097152",
    "1.5 MB/s, 1500000",
    "500 KiB/s, 512000",
    "131072 B/s, 131072",
    "1 GiB/s, 1073741824"
  })
  void ratesAreRead(String text, long rate) {
    assertThat(Bandwidth.parse(text)).isEqualTo(rate);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2",
        "2 MiB",
        "MiB/s",
        "-1 MiB/s",
        "2 MB/min",
        "2  MiB/s",
        "1e3 kB/s",
        "2 XB/s",
        "1 KiB/s",
        "0 MiB/s",
        "999999999 GiB/s"
      })
  void whatIsNoRateIsRefused(String text) {
    assertThatThrownBy(() -> Bandwidth.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }
}
