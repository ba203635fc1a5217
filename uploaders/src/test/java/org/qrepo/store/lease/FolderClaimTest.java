package org.qrepo.store.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.qrepo.publish.StoreException;

/** Claims by folders, at moments that no real server gives on demand. */
class FolderClaimTest {
  private static final String OWN = "own";
  private static final Duration LIFE = Duration.ofMinutes(10);

  private final Memory memory = new Memory();

  @Test
  void oneHasItUntilItIsGivenUp() throws StoreException {
    FolderClaim one = claim("1");
    FolderClaim two = claim("2");
    assertThat(one.take()).isTrue();
    assertThat(two.take()).isFalse();
    assertThat(one.renew()).isTrue();
    one.giveUp();
    assertThat(two.take()).isTrue();
    assertThat(one.renew()).isFalse();
  }

  /**
   * The slow one has seen that a dead one's claim has ended; until it acts, another has taken it.
   */
  @Test
  void whoIsSlowToTakeAnEndedClaimDisturbsNobody() throws StoreException {
    memory.make(OWN);
    memory.put(OWN + "/dead.1");
    memory.now = memory.now.plus(LIFE).plusSeconds(1);
    FolderClaim fast = claim("1");
    FolderClaim slow = claim("2");
    memory.beforeTime =
        () -> {
          memory.beforeTime = () -> {};
          assertThat(fast.take()).isTrue();
        };
    assertThat(slow.take()).isFalse();
    assertThat(fast.renew()).isTrue();
    assertThat(slow.take()).isFalse();
    fast.giveUp();
    assertThat(memory.folders).isEmpty();
  }

  /** Both were held up just when each saw the other's name, and died. */
  @Test
  void endedClaimOfTwoIsTaken() throws StoreException {
    memory.make(OWN);
    memory.put(OWN + "/dead.1");
    memory.put(OWN + "/other.1");
    memory.now = memory.now.plus(LIFE).plusSeconds(1);
    FolderClaim next = claim("2");
    assertThat(next.take()).isTrue();
    assertThat(memory.names(OWN)).contains(List.of("2.1"));
    next.giveUp();
    assertThat(memory.folders).isEmpty();
  }

  @Test
  void claimThatEndedIsTakenAndItsHolderFindsOut() throws StoreException {
    FolderClaim sleeper = claim("1");
    assertThat(sleeper.take()).isTrue();
    memory.now = memory.now.plus(LIFE).plusSeconds(1);
    FolderClaim next = claim("2");
    assertThat(next.take()).isTrue();
    assertThat(sleeper.renew()).isFalse();
    sleeper.giveUp();
    assertThat(next.renew()).isTrue();
  }

  /** The answer to making it was lost. */
  @Test
  void claimWithoutANameIsTakenAfterAWhileByOne() throws Exception {
    Duration life = Duration.ofSeconds(30);
    FolderClaim one = new FolderClaim(memory, OWN, "1", life);
    FolderClaim two = new FolderClaim(memory, OWN, "2", life);
    memory.make(OWN);
    assertThat(one.take()).isFalse();
    assertThat(two.take()).isFalse();
    Thread.sleep(150);
    memory.afterWrite = () -> memory.put(OWN + "/2.1");
    assertThat(one.take()).isFalse();
    memory.afterWrite = () -> {};
    memory.remove(OWN + "/2.1");
    assertThat(two.take()).isTrue();
    assertThat(one.take()).isFalse();
    assertThat(two.renew()).isTrue();
    two.giveUp();
    assertThat(memory.folders).isEmpty();
  }

  @Test
  void claimWhoseTakingIsBrokenOffCanBeGivenUp() throws StoreException {
    FolderClaim one = claim("1");
    memory.afterWrite =
        () -> {
          throw new StoreException(StoreException.Kind.PERMANENT, "interrupted");
        };
    assertThatThrownBy(one::take).hasMessage("interrupted");
    one.giveUp();
    assertThat(memory.folders).isEmpty();
  }

  private FolderClaim claim(String id) {
    return new FolderClaim(memory, OWN, id, LIFE);
  }

  /** Something to do in between. */
  @FunctionalInterface
  private interface Meanwhile {
    void run() throws StoreException;
  }

  /** A folder of locks in memory; folders with the names in them. */
  private static final class Memory implements LockFolder {
    private final Map<String, TreeSet<String>> folders = new TreeMap<>();
    private final Map<String, Instant> times = new TreeMap<>();
    private Instant now = Instant.ofEpochSecond(1_800_000_000);
    private Meanwhile afterWrite = () -> {};
    private Meanwhile beforeTime = () -> {};

    @Override
    public String place() {
      return "memory";
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public boolean make(String folder) {
      boolean made = folders.putIfAbsent(folder, new TreeSet<>()) == null;
      if (made) {
        times.put(folder, now);
      }
      return made;
    }

    @Override
    public Optional<Instant> changed(String folder) {
      return folders.containsKey(folder)
          ? Optional.ofNullable(times.get(folder))
          : Optional.empty();
    }

    @Override
    public Optional<List<String>> names(String folder) {
      return Optional.ofNullable(folders.get(folder)).map(List::copyOf);
    }

    @Override
    public boolean write(String path, String text) throws StoreException {
      boolean done = put(path);
      afterWrite.run();
      return done;
    }

    @Override
    public boolean rename(String from, String to) {
      if (from.contains("/")) {
        return isHeld(from) && take(from) && put(to);
      }
      TreeSet<String> moved = folders.remove(from);
      if (moved == null) {
        return false;
      }
      folders.put(to, moved);
      times.put(to, times.getOrDefault(from, now));
      return true;
    }

    @Override
    public boolean isHeld(String path) {
      return path.contains("/")
          ? names(folder(path)).orElse(List.of()).contains(name(path))
          : folders.containsKey(path);
    }

    @Override
    public void remove(String path) {
      take(path);
    }

    @Override
    public void drop(String folder) {
      folders.remove(folder);
    }

    @Override
    public Instant now() throws StoreException {
      beforeTime.run();
      return now;
    }

    @Override
    public List<Left> locks(Duration life) {
      return List.of();
    }

    @Override
    public List<Left> unfinished() {
      return List.of();
    }

    @Override
    public void removeUnfinished(String name) {}

    @Override
    public void tidy() {}

    private boolean put(String path) {
      TreeSet<String> names = folders.get(folder(path));
      times.put(folder(path), now);
      return names != null && names.add(name(path));
    }

    private boolean take(String path) {
      TreeSet<String> names = folders.get(folder(path));
      return names != null && names.remove(name(path));
    }

    private static String folder(String path) {
      return path.substring(0, path.indexOf('/'));
    }

    private static String name(String path) {
      return path.substring(path.indexOf('/') + 1);
    }
  }
}
