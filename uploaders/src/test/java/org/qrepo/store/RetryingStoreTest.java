package org.qrepo.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.io.Blob;
import org.qrepo.publish.Pause;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoreLock;
import org.qrepo.publish.Tag;

/** The contract, on a store that fails every third time, and what is done about failures. */
@ExtendWith(CountedCases.class)
class RetryingStoreTest extends StoreContract {
  private static final StoreKey DB = new StoreKey("q.db");
  private static final StoreKey CURRENT = new StoreKey("current");

  private MemoryStore memory = MemoryStore.withLinks();
  private final FakePause pause = new FakePause();
  private final List<Retry> heard = new ArrayList<>();

  @Override
  protected Store create() {
    memory = MemoryStore.withLinks();
    return another();
  }

  /** Half of the failures come after the effect. */
  @Override
  protected Store another() {
    AtomicLong calls = new AtomicLong();
    Store shaky =
        new Failing(
            memory.another(),
            call ->
                calls.incrementAndGet() % 3 == 0
                    ? Optional.of(new Fault(calls.get() % 2 == 0, transientFailure()))
                    : Optional.empty());
    return new RetryingStore(shaky, quick(), Pause.REAL, new Random(1), Retry.Listener.NONE);
  }

  @Override
  protected long big() {
    return 20_000_000;
  }

  // Which failures

  @ParameterizedTest
  @EnumSource(Kind.class)
  void onlyTransientFailuresAreTriedAgain(Kind kind) throws IOException {
    FaultyStore faulty =
        new FaultyStore(memory.another(), 1, FaultyStore.Mode.BEFORE, kind, n -> {});
    Store store = retrying(faulty, RetryPolicy.STANDARD);
    if (kind == Kind.TRANSIENT) {
      assertThat(store.stat(DB)).isEmpty();
      assertThat(faulty.count()).isEqualTo(2);
    } else {
      assertKind(kind, () -> store.stat(DB));
      assertThat(faulty.count()).isEqualTo(1);
      assertThat(heard).isEmpty();
    }
  }

  @Test
  void attemptsAreBoundedAndTold() {
    FaultyStore dead = dead();
    Store store = retrying(dead, RetryPolicy.STANDARD);
    StoreException e = refused(() -> store.stat(DB));
    assertThat(dead.count()).isEqualTo(5);
    assertThat(e.kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(e).hasMessageEndingWith("(tried 5 times)");
    assertThat(heard).extracting(Retry::attempt).containsExactly(2, 3, 4, 5);
    assertThat(heard).extracting(Retry::attempts).containsOnly(5);
    assertThat(pause.slept).isEqualTo(heard.stream().map(Retry::delay).toList());
  }

  @Test
  void waitsAreDrawnBelowABoundThatDoubles() {
    List<List<Duration>> waits = new ArrayList<>();
    for (int seed = 0; seed < 400; seed++) {
      FakePause own = new FakePause();
      Store store =
          new RetryingStore(
              dead(), RetryPolicy.STANDARD.withRetries(7), own, new Random(seed), heard::add);
      refused(() -> store.stat(DB));
      waits.add(own.slept);
    }
    long[] bounds = {2000, 4000, 8000, 16000, 30000, 30000, 30000};
    for (int i = 0; i < bounds.length; i++) {
      int n = i;
      List<Long> drawn = waits.stream().map(w -> w.get(n).toMillis()).toList();
      double mean = drawn.stream().mapToLong(w -> w).average().orElseThrow();
      assertThat(drawn).allMatch(w -> w >= 0 && w <= bounds[n]);
      assertThat(mean).isBetween(bounds[i] * 0.44, bounds[i] * 0.56);
    }
  }

  @Test
  void storeThatIsGoneGetsOneAttemptUntilItIsBack() throws IOException {
    AtomicLong calls = new AtomicLong();
    boolean[] gone = {true};
    Store shaky =
        new Failing(
            memory.another(),
            call -> {
              calls.incrementAndGet();
              return gone[0] ? Optional.of(new Fault(false, transientFailure())) : Optional.empty();
            });
    Store store = retrying(shaky, RetryPolicy.STANDARD);
    assertKind(Kind.TRANSIENT, () -> store.stat(DB));
    assertThat(calls).hasValue(5);
    assertKind(Kind.TRANSIENT, () -> store.list(Optional.empty()));
    assertThat(calls).hasValue(6);
    gone[0] = false;
    store.stat(DB);
    gone[0] = true;
    assertKind(Kind.TRANSIENT, () -> store.stat(DB));
    assertThat(calls).hasValue(12);
  }

  @Test
  void timeThatTheServerAsksForIsWaited() throws IOException {
    Store store = retrying(asking(Duration.ofSeconds(100)), RetryPolicy.STANDARD);
    store.stat(DB);
    assertThat(pause.slept).containsExactly(Duration.ofSeconds(100));
  }

  @Test
  void serverThatAsksForMoreThanTheDeadlineEndsTheCallAtOnce() {
    Store store = retrying(asking(Duration.ofHours(2)), RetryPolicy.STANDARD);
    assertKind(Kind.TRANSIENT, () -> store.stat(DB));
    assertThat(pause.slept).isEmpty();
  }

  @Test
  void deadlineEndsTheCallBeforeTheAttemptsDo() {
    FaultyStore dead =
        new FaultyStore(
            memory.another(),
            1,
            FaultyStore.Mode.FROM_THEN_ON,
            Kind.TRANSIENT,
            n -> pause.now = pause.now.plusSeconds(60));
    Store store = retrying(dead, RetryPolicy.STANDARD.withDeadline(Duration.ofSeconds(90)));
    assertKind(Kind.TRANSIENT, () -> store.stat(DB));
    assertThat(dead.count()).isEqualTo(3);
  }

  @Test
  void interruptionStopsAtOnceAndStaysKnown() {
    FaultyStore dead = dead();
    Store store =
        new RetryingStore(
            dead, RetryPolicy.STANDARD, Pause.REAL, new Random(3), Retry.Listener.NONE);
    Thread.currentThread().interrupt();
    try {
      StoreException e = refused(() -> store.stat(DB));
      assertThat(e.kind()).isEqualTo(Kind.PERMANENT);
      assertThat(e).hasMessageStartingWith("interrupted");
      assertThat(dead.count()).isEqualTo(1);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void blobWhoseSourceFailsIsNotSentAgain() {
    AtomicLong opened = new AtomicLong();
    Store rude =
        new Failing(memory.another(), call -> Optional.empty()) {
          @Override
          public void putOnce(StoreKey key, Blob blob) throws StoreException {
            try {
              super.putOnce(key, blob);
            } catch (StoreException e) {
              throw transientFailure();
            }
          }
        };
    Blob broken = Blobs.counted(Blobs.breaking(Blobs.random(5000, 1), 100), opened);
    assertKind(Kind.PERMANENT, () -> retrying(rude, RetryPolicy.STANDARD).putOnce(DB, broken));
    assertThat(opened).hasValue(1);
    assertThat(heard).isEmpty();
  }

  // Swaps that failed, and may have been done

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void swapThatMayBeDoneIsDoneOnce(boolean effect) throws IOException {
    Tag before = memory.swap(DB, Tag.ABSENT, Blobs.text("old"));
    Failing failing = failing(memory, Verb.SWAP, effect);
    Tag after = retrying(failing, RetryPolicy.STANDARD).swap(DB, before, Blobs.text("new"));
    assertThat(text(memory, DB)).isEqualTo("new");
    assertThat(memory.stat(DB).orElseThrow().tag()).isEqualTo(after);
    assertThat(failing.count(Verb.SWAP)).isEqualTo(effect ? 1 : 2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void copyThatMayBeDoneIsDoneOnce(boolean effect) throws IOException {
    StoreKey from = new StoreKey("generations/1/q.db");
    memory.putOnce(from, Blobs.text("new"));
    Tag before = memory.swap(DB, Tag.ABSENT, Blobs.text("old"));
    Failing failing = failing(memory, Verb.SWAP, effect);
    Tag after =
        retrying(failing, RetryPolicy.STANDARD).swapCopy(DB, before, from, Blobs.text("new"));
    assertThat(memory.stat(DB).orElseThrow().tag()).isEqualTo(after);
    assertThat(text(memory, DB)).isEqualTo("new");
    assertThat(failing.count(Verb.SWAP)).isEqualTo(effect ? 1 : 2);
  }

  @Test
  void swapThatARivalOvertookConflicts() throws IOException {
    Tag before = memory.swap(DB, Tag.ABSENT, Blobs.text("old"));
    pause.during = () -> memory.swap(DB, before, Blobs.text("rival"));
    Store store = retrying(failing(memory, Verb.SWAP, false), RetryPolicy.STANDARD);
    assertKind(Kind.CONFLICT, () -> store.swap(DB, before, Blobs.text("new")));
    assertThat(text(memory, DB)).isEqualTo("rival");
  }

  @Test
  void swapOfTheSameBytesIsStillASwap() throws IOException {
    Tag before = memory.swap(DB, Tag.ABSENT, Blobs.text("same"));
    Failing failing = failing(memory, Verb.SWAP, false);
    retrying(failing, RetryPolicy.STANDARD).swap(DB, before, Blobs.text("same"));
    assertThat(failing.count(Verb.SWAP)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void linkThatMayBeSwappedIsSwappedOnce(boolean effect) throws IOException {
    memory.swapLink(CURRENT, Optional.empty(), "g1");
    Failing failing = failing(memory, Verb.SWAP_LINK, effect);
    retrying(failing, RetryPolicy.STANDARD).swapLink(CURRENT, Optional.of("g1"), "g2");
    assertThat(memory.readLink(CURRENT)).contains("g2");
    assertThat(failing.count(Verb.SWAP_LINK)).isEqualTo(effect ? 1 : 2);
  }

  @Test
  void linkThatARivalMovedConflicts() throws IOException {
    memory.swapLink(CURRENT, Optional.empty(), "g1");
    pause.during = () -> memory.swapLink(CURRENT, Optional.of("g1"), "g3");
    Store store = retrying(failing(memory, Verb.SWAP_LINK, false), RetryPolicy.STANDARD);
    assertKind(Kind.CONFLICT, () -> store.swapLink(CURRENT, Optional.of("g1"), "g2"));
    assertThat(memory.readLink(CURRENT)).contains("g3");
  }

  @Test
  void whoLostTheLockWhileWaitingWritesNothing() throws IOException {
    Tag before = memory.swap(DB, Tag.ABSENT, Blobs.text("old"));
    List<StoreLock> locks = new ArrayList<>();
    Store store =
        retrying(
            new Failing(memory, fault(Verb.SWAP, false)) {
              @Override
              public StoreLock lock(org.qrepo.publish.LockRequest request) throws StoreException {
                StoreLock lock = super.lock(request);
                locks.add(lock);
                return lock;
              }
            },
            RetryPolicy.STANDARD);
    try (StoreLock lock = store.lock(request(0))) {
      lock.confirm();
      pause.during = () -> locks.get(0).close();
      assertKind(Kind.CONFLICT, () -> store.swap(DB, before, Blobs.text("new")));
    }
    assertThat(text(memory, DB)).isEqualTo("old");
  }

  // Streams

  @Test
  void readingGoesOnBehindTheLastByte() throws IOException {
    Blob blob = Blobs.random(100_000, 2);
    memory.putOnce(DB, blob);
    for (int each : new int[] {1, 999, 40_000}) {
      try (Store.Opened opened = retrying(breakingEvery(each, 3), RetryPolicy.STANDARD).open(DB)) {
        assertThat(opened.stream()).hasSameContentAs(blob.open());
      }
    }
  }

  @Test
  void readingThatNeverMovesOnEnds() throws IOException {
    memory.putOnce(DB, Blobs.random(100, 2));
    try (Store.Opened opened =
        retrying(breakingEvery(0, Integer.MAX_VALUE), RetryPolicy.STANDARD).open(DB)) {
      StoreException e = refused(() -> opened.stream().readAllBytes());
      assertThat(e.kind()).isEqualTo(Kind.TRANSIENT);
      assertThat(heard).hasSize(4);
    }
  }

  @Test
  void readingOfAnotherStateIsAConflict() throws IOException {
    Tag tag = memory.swap(DB, Tag.ABSENT, Blobs.random(100, 2));
    pause.during = () -> memory.swap(DB, tag, Blobs.random(100, 3));
    try (Store.Opened opened = retrying(breakingEvery(50, 1), RetryPolicy.STANDARD).open(DB)) {
      assertKind(Kind.CONFLICT, () -> opened.stream().readAllBytes());
    }
  }

  @Test
  void streamThatEndsTooEarlyGoesOn() throws IOException {
    memory.putOnce(DB, Blobs.text("all of it"));
    boolean[] cut = {true};
    Store cutting =
        new Failing(memory, call -> Optional.empty()) {
          @Override
          public Opened open(StoreKey key) throws StoreException {
            Opened opened = super.open(key);
            byte[] half = "all".getBytes(StandardCharsets.UTF_8);
            InputStream stream = cut[0] ? new java.io.ByteArrayInputStream(half) : opened.stream();
            cut[0] = false;
            return new Opened(opened.object(), stream);
          }
        };
    assertThat(text(retrying(cutting, RetryPolicy.STANDARD), DB)).isEqualTo("all of it");
  }

  @Test
  void closedStreamIsNotOpenedAgain() throws IOException {
    memory.putOnce(DB, Blobs.text("x"));
    Store.Opened opened = retrying(memory, RetryPolicy.STANDARD).open(DB);
    opened.close();
    assertThatThrownBy(() -> opened.stream().read()).isInstanceOf(IOException.class);
    assertThat(heard).isEmpty();
  }

  // Locks

  @Test
  void lockIsAskedForGivenUpAndConfirmedAgain() throws IOException {
    for (Verb verb : List.of(Verb.LOCK, Verb.CONFIRM, Verb.UNLOCK)) {
      Failing failing = failing(memory, verb, false);
      try (StoreLock lock = retrying(failing, RetryPolicy.STANDARD).lock(request(0))) {
        lock.confirm();
      }
      assertThat(failing.count(verb)).isEqualTo(2);
      memory.lock(request(0)).close();
    }
  }

  @Test
  void patienceIsNotGrantedTwice() throws IOException {
    List<Duration> asked = new ArrayList<>();
    Store store =
        retrying(
            new Failing(memory, fault(Verb.LOCK, false)) {
              @Override
              public StoreLock lock(org.qrepo.publish.LockRequest request) throws StoreException {
                asked.add(request.patience());
                return super.lock(request);
              }
            },
            RetryPolicy.STANDARD);
    store.lock(request(60_000)).close();
    assertThat(asked.get(0)).isEqualTo(Duration.ofSeconds(60));
    assertThat(asked.get(1)).isEqualTo(Duration.ofSeconds(60).minus(pause.slept.get(0)));
  }

  @Test
  void listenerIsToldBeforeTheWait() throws IOException {
    List<String> order = new ArrayList<>();
    pause.during = () -> order.add("waited");
    Store store =
        new RetryingStore(
            failing(memory, Verb.STAT, false),
            RetryPolicy.STANDARD,
            pause,
            new Random(1),
            retry -> order.add("told " + retry.attempt() + " of " + retry.attempts()));
    store.stat(DB);
    assertThat(order).containsExactly("told 2 of 5", "waited");
  }

  // What the tests are made of

  private static RetryPolicy quick() {
    return new RetryPolicy(50, Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMinutes(1));
  }

  private Store retrying(Store inner, RetryPolicy policy) {
    return new RetryingStore(inner, policy, pause, new Random(5), heard::add);
  }

  private FaultyStore dead() {
    return new FaultyStore(
        memory.another(), 1, FaultyStore.Mode.FROM_THEN_ON, Kind.TRANSIENT, n -> {});
  }

  private static StoreException transientFailure() {
    return new StoreException(Kind.TRANSIENT, "the connection is gone");
  }

  /** Fails once, asking for time. */
  private Store asking(Duration wait) {
    Deque<Fault> faults =
        new ArrayDeque<>(
            List.of(new Fault(false, new StoreException(Kind.TRANSIENT, "slow down", wait))));
    return new Failing(memory.another(), call -> Optional.ofNullable(faults.poll()));
  }

  private static Failing failing(Store inner, Verb verb, boolean effect) {
    return new Failing(inner, fault(verb, effect));
  }

  /** The first call of a verb fails. */
  private static Failing.Choice fault(Verb verb, boolean effect) {
    Deque<Fault> faults = new ArrayDeque<>(List.of(new Fault(effect, transientFailure())));
    return call ->
        call.verb() == verb ? Optional.ofNullable(faults.poll()) : Optional.<Fault>empty();
  }

  /** A store whose streams break after some bytes, so many times in a row. */
  private Store breakingEvery(int bytes, int times) {
    int[] left = {times};
    return new Failing(memory.another(), call -> Optional.empty()) {
      @Override
      public Opened open(StoreKey key) throws StoreException {
        Opened opened = super.open(key);
        if (left[0]-- <= 0) {
          return opened;
        }
        return new Opened(opened.object(), new Breaking(opened.stream(), bytes));
      }
    };
  }

  private static final class Breaking extends java.io.FilterInputStream {
    private int left;
    private boolean skipping;

    Breaking(InputStream in, int left) {
      super(in);
      this.left = left;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (left == 0 && !skipping) {
        throw transientFailure();
      }
      int n = super.read(buffer, offset, skipping ? length : Math.min(length, left));
      left -= skipping ? 0 : n;
      return n;
    }

    @Override
    public long skip(long n) throws IOException {
      skipping = true;
      try {
        return super.skip(Math.min(n, 100));
      } finally {
        skipping = false;
      }
    }
  }

  /**
   * How a call fails.
   *
   * @param after whether it has its effect
   */
  record Fault(boolean after, StoreException failure) {}

  /** A store that fails as it is told, and counts. */
  private static class Failing extends InterceptingStore {
    private final Choice choice;
    private final List<Verb> verbs = new ArrayList<>();

    interface Choice {
      Optional<Fault> of(StoreCall call);
    }

    Failing(Store inner, Choice choice) {
      super(inner);
      this.choice = choice;
    }

    synchronized long count(Verb verb) {
      return verbs.stream().filter(verb::equals).count();
    }

    @Override
    protected <T> T around(StoreCall call, Action<T> action) throws StoreException {
      Optional<Fault> fault;
      synchronized (this) {
        verbs.add(call.verb());
        boolean own = call.verb() == Verb.LOCK || call.verb() == Verb.OPEN;
        fault = choice.of(call).map(f -> new Fault(f.after() && !own, f.failure()));
      }
      if (fault.isPresent() && !fault.get().after()) {
        throw fault.get().failure();
      }
      T result = action.run();
      if (fault.isPresent()) {
        throw fault.get().failure();
      }
      return result;
    }
  }

  /** Time that passes at once. */
  private static final class FakePause implements Pause {
    private final List<Duration> slept = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private Event during = () -> {};

    interface Event {
      void happens() throws StoreException;
    }

    @Override
    public synchronized void sleep(Duration duration) throws InterruptedIOException {
      slept.add(duration);
      now = now.plus(duration);
      try {
        during.happens();
      } catch (StoreException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public synchronized Instant now() {
      return now;
    }
  }
}
