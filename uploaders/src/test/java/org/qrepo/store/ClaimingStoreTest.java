package org.qrepo.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.qrepo.publish.LockedException;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoreTraits;
import org.qrepo.publish.Tag;

/** The contract, and what a second publisher is told of the first one. */
class ClaimingStoreTest extends StoreContract {
  private static final StoreKey DB = new StoreKey("q.db");

  private MemoryStore memory = MemoryStore.plain();
  private Instant serverTime = Instant.parse("2026-01-01T00:00:00Z");
  private Instant ownTime = Instant.parse("2001-01-01T00:00:00Z");

  @Override
  protected Store create() {
    memory = MemoryStore.plain();
    return new ClaimingStore(memory);
  }

  /** One that claims nothing, as a publisher of another kind would be, and sees no claims. */
  @Override
  protected Store another() {
    return new Unclaiming(memory.another());
  }

  @Override
  protected long big() {
    return 20_000_000;
  }

  @Test
  void secondPublisherIsToldBeforeItWrites() throws IOException {
    try (ClaimingStore first = first()) {
      first.putOnce(new StoreKey("a"), Blobs.text("x"));
      try (ClaimingStore second = second()) {
        assertThatThrownBy(() -> second.putOnce(new StoreKey("b"), Blobs.text("y")))
            .isInstanceOf(LockedException.class)
            .hasMessageContaining("2026-01-01T00:00:00Z")
            .hasMessageContaining("cannot keep two publishers apart")
            .hasMessageContaining("remove .qrepo.publisher");
        assertThatThrownBy(() -> second.swap(DB, Tag.ABSENT, Blobs.text("y")))
            .isInstanceOf(LockedException.class);
        assertThatThrownBy(() -> second.delete(new StoreKey("a")))
            .isInstanceOf(LockedException.class);
      }
      first.swap(DB, Tag.ABSENT, Blobs.text("z"));
    }
    assertThat(memory.contents().keySet()).containsExactly(new StoreKey("a"), DB);
  }

  @Test
  void claimEndsWithItsStore() throws IOException {
    first().close();
    ClaimingStore first = first();
    first.swap(DB, Tag.ABSENT, Blobs.text("1"));
    first.close();
    first.close();
    try (ClaimingStore second = second()) {
      second.swap(DB, second.stat(DB).orElseThrow().tag(), Blobs.text("2"));
    }
    assertThat(memory.contents().keySet()).containsExactly(DB);
  }

  @Test
  void whoOnlyReadsClaimsNothing() throws IOException {
    try (ClaimingStore first = first();
        ClaimingStore second = second()) {
      first.stat(DB);
      first.list(Optional.empty());
      second.swap(DB, Tag.ABSENT, Blobs.text("1"));
      assertThat(first.list(Optional.empty())).isEqualTo(List.of(DB));
    }
  }

  /** Ten minutes by the server's clock, whatever this machine's says. */
  @Test
  void claimOfADeadPublisherExpires() throws IOException {
    first().swap(DB, Tag.ABSENT, Blobs.text("1"));
    ownTime = ownTime.plus(Duration.ofDays(1));
    serverTime = serverTime.plus(ClaimingStore.LIFE).minusSeconds(1);
    try (ClaimingStore second = second()) {
      Tag tag = second.stat(DB).orElseThrow().tag();
      assertThatThrownBy(() -> second.swap(DB, tag, Blobs.text("2")))
          .isInstanceOf(LockedException.class);
      serverTime = serverTime.plusSeconds(1);
      second.swap(DB, tag, Blobs.text("2"));
    }
    assertThat(memory.contents().keySet()).containsExactly(DB);
  }

  @Test
  void claimOfOneAtWorkDoesNotExpire() throws IOException {
    try (ClaimingStore first = first();
        ClaimingStore second = second()) {
      for (int i = 0; i < 30; i++) {
        first.putOnce(new StoreKey("a" + i), Blobs.text("x"));
        ownTime = ownTime.plus(Duration.ofMinutes(2));
        serverTime = serverTime.plus(Duration.ofMinutes(2));
      }
      assertThatThrownBy(() -> second.putOnce(DB, Blobs.text("y")))
          .isInstanceOf(LockedException.class);
    }
  }

  /** Suspended for longer than its claim counts, and resumed. */
  @Test
  void sleeperFindsOutBeforeClientsSeeIt() throws IOException {
    try (ClaimingStore first = first();
        ClaimingStore second = second()) {
      Tag tag = first.swap(DB, Tag.ABSENT, Blobs.text("1"));
      serverTime = serverTime.plus(ClaimingStore.LIFE);
      Tag theirs = second.swap(DB, tag, Blobs.text("2"));
      assertThatThrownBy(() -> first.swap(DB, theirs, Blobs.text("3")))
          .isInstanceOf(LockedException.class);
      first.close();
      second.swap(DB, theirs, Blobs.text("4"));
    }
    assertThat(memory.contents().keySet()).containsExactly(DB);
  }

  /** Both looked, and saw nobody: the first of them that looks again stops. */
  @Test
  void ofTwoThatCameTogetherOneStops() throws IOException {
    ClaimingStore late = second();
    InterceptingStore hurried =
        new InterceptingStore(memory) {
          private boolean came;

          @Override
          protected <T> T around(StoreCall call, Action<T> action) throws StoreException {
            T result = action.run();
            if (call.verb() == Verb.STAT && !came) {
              came = true;
              late.putOnce(new StoreKey("late"), Blobs.text("x"));
            }
            return result;
          }
        };
    ClaimingStore early = new ClaimingStore(hurried, () -> ownTime);
    assertThatThrownBy(() -> early.swap(DB, Tag.ABSENT, Blobs.text("1")))
        .isInstanceOf(LockedException.class);
    late.swap(DB, Tag.ABSENT, Blobs.text("2"));
    late.close();
    assertThat(memory.contents().keySet()).containsExactly(new StoreKey("late"), DB);
  }

  private ClaimingStore first() {
    memory =
        memory.contents().isEmpty()
            ? new MemoryStore(
                new StoreTraits(false, false, false, 2), () -> serverTime, ChronoUnit.SECONDS)
            : memory;
    return new ClaimingStore(memory.another(), () -> ownTime);
  }

  private ClaimingStore second() {
    return new ClaimingStore(memory.another(), () -> ownTime);
  }

  private static final class Unclaiming extends InterceptingStore {
    Unclaiming(Store inner) {
      super(inner);
    }

    @Override
    protected <T> T around(StoreCall call, Action<T> action) throws StoreException {
      return action.run();
    }

    @Override
    public List<StoreKey> list(Optional<StoreKey> folder) throws StoreException {
      return super.list(folder).stream().filter(key -> !key.equals(ClaimingStore.CLAIM)).toList();
    }
  }
}
