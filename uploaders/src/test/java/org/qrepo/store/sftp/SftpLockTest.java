package org.qrepo.store.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.publish.LockRequest;
import org.qrepo.publish.LockedException;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoreLock;
import org.qrepo.store.Blobs;
import org.qrepo.store.local.LocalStore;

/** The lock of two publishers on one server, of which one may be dead or asleep. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SftpLockTest {
  private static final StoreKey FOREIGN = new StoreKey("t.db.tar.gz.lck");

  @TempDir static Path shared;
  private static Sshd sshd;

  @TempDir Path temporary;
  private Path repository = Path.of("/");
  private Path folder = Path.of("/");

  @BeforeAll
  static void startServer() throws IOException {
    sshd = Sshd.start(shared.resolve("sshd"));
  }

  @AfterAll
  static void stopServer() {
    sshd.close();
  }

  @BeforeEach
  void nameFolders() {
    repository = temporary.resolve("repo");
    folder = repository.resolve(".qrepo.lock/sftp");
  }

  @Test
  void holderIsRenewedPastTheLifeOfALock() throws Exception {
    try (Store one = open(2);
        Store two = open(2);
        StoreLock lock = one.lock(request(0))) {
      Instant end = Instant.now().plusSeconds(5);
      while (Instant.now().isBefore(end)) {
        assertThatThrownBy(() -> two.lock(request(0))).isInstanceOf(LockedException.class);
        Thread.sleep(200);
      }
      lock.confirm();
    }
  }

  @Test
  void lockOfADeadPublisherIsTakenWhenItsTimeIsUp() throws IOException {
    leaveLock("dead.7", Duration.ofMinutes(9));
    try (Store store = open(600)) {
      LockedException e =
          catchThrowableOfType(LockedException.class, () -> store.lock(request(0)).close());
      assertThat(e).hasMessageContaining("10 minutes").hasMessageContaining(repository.toString());
      assertThat(folder.resolve("dead.7")).exists();
      age(Duration.ofMinutes(11));
      // Nobody holds it: who does not want to wait gets it, too.
      try (StoreLock lock = store.lock(request(0))) {
        lock.confirm();
        assertThat(folder.resolve("dead.7")).doesNotExist();
      }
    }
    assertThat(repository.resolve(".qrepo.lock")).doesNotExist();
  }

  @Test
  void lockWhoseMakerDiedBeforeItSaidItsNameIsTakenToo() throws IOException {
    Files.createDirectories(folder);
    age(Duration.ofMinutes(11));
    try (Store store = open(600)) {
      store.lock(request(0)).close();
    }
  }

  /** The holder sleeps: nothing renews its lock, as when a laptop is closed. */
  @Test
  void holderThatSleptPastItsTimeDoesNotConfirmAndDoesNotHarmTheNext() throws IOException {
    try (Store sleeper = open(600);
        Store next = open(600)) {
      StoreLock old = sleeper.lock(request(0));
      age(Duration.ofMinutes(11));
      try (StoreLock lock = next.lock(request(5000))) {
        StoreException e = catchThrowableOfType(StoreException.class, old::confirm);
        assertThat(e.kind()).isEqualTo(Kind.CONFLICT);
        assertThat(catchThrowableOfType(StoreException.class, old::confirm).kind())
            .isEqualTo(Kind.CONFLICT);
        old.close();
        lock.confirm();
        assertThatThrownBy(() -> sleeper.lock(request(0))).isInstanceOf(LockedException.class);
      }
    }
  }

  @Test
  void holderThatSleptAndWasNotMissedGoesOn() throws IOException {
    try (Store sleeper = open(600);
        Store next = open(600);
        StoreLock lock = sleeper.lock(request(0))) {
      age(Duration.ofMinutes(11));
      lock.confirm();
      assertThatThrownBy(() -> next.lock(request(0))).isInstanceOf(LockedException.class);
    }
  }

  @Test
  void onlyOneOfManyTakesTheLockOfTheDead() throws Exception {
    leaveLock("dead.1", Duration.ofMinutes(11));
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<Integer>> counts =
          Stream.generate(() -> pool.submit(this::countUnderTheLock)).limit(4).toList();
      for (Future<Integer> count : counts) {
        count.get(50, TimeUnit.SECONDS);
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(repository.resolve("counter")).hasContent("8");
    assertThat(repository.resolve(".qrepo.lock")).doesNotExist();
  }

  private int countUnderTheLock() throws Exception {
    try (Store store = open(600)) {
      for (int i = 0; i < 2; i++) {
        try (StoreLock lock = store.lock(request(50_000))) {
          Path counter = repository.resolve("counter");
          int now = Files.exists(counter) ? Integer.parseInt(Files.readString(counter)) : 0;
          Thread.sleep(20);
          lock.confirm();
          Files.writeString(counter, "" + (now + 1));
        }
      }
      return 2;
    }
  }

  @Test
  void publisherOnTheMachineItselfIsKeptOutAndKeepsOut() throws IOException {
    try (Store remote = open(600);
        Store local = new LocalStore(repository)) {
      LockRequest request = new LockRequest(Duration.ofMillis(100), List.of(FOREIGN));
      try (StoreLock lock = remote.lock(request)) {
        assertThatThrownBy(() -> local.lock(request)).isInstanceOf(LockedException.class);
        lock.confirm();
      }
      try (StoreLock lock = local.lock(request)) {
        assertThatThrownBy(() -> remote.lock(request)).isInstanceOf(LockedException.class);
        lock.confirm();
      }
      remote.lock(request).close();
    }
  }

  @Test
  void foreignLockOfADeadPublisherOverSftpIsRemoved() throws IOException {
    Files.createDirectories(repository);
    Files.writeString(repository.resolve(FOREIGN.value()), "4194999\nsftp 0123456789abcdef\n");
    try (Store store = open(600);
        StoreLock lock = store.lock(new LockRequest(Duration.ZERO, List.of(FOREIGN)))) {
      lock.confirm();
    }
    assertThat(repository.resolve(FOREIGN.value())).doesNotExist();
  }

  /** As those do that wait for the lock, or give theirs up. */
  @Test
  void foldersThatOthersMakeAndRemoveDoNotDisturb() throws Exception {
    Path unfinished = Files.createDirectories(repository).resolve(".qrepo-tmp-sftp");
    ExecutorService others = Executors.newSingleThreadExecutor();
    try (Store store = open(600)) {
      Future<Boolean> coming =
          others.submit(
              () -> {
                while (!Thread.currentThread().isInterrupted()) {
                  Files.createDirectories(unfinished);
                  Files.deleteIfExists(unfinished);
                }
                return true;
              });
      for (int i = 0; i < 300; i++) {
        assertThat(((SftpStore) store).lockFolder().unfinished()).isEmpty();
      }
      coming.cancel(true);
    } finally {
      others.shutdownNow();
    }
  }

  @Test
  void interruptedHolderGivesItsLockUp() throws IOException {
    try (Store store = open(600)) {
      store.putOnce(new StoreKey("a"), Blobs.text("x"));
      StoreLock lock = store.lock(request(0));
      Thread.currentThread().interrupt();
      lock.close();
      assertThat(Thread.interrupted()).isTrue();
      assertThat(folder).doesNotExist();
    }
  }

  private Store open(int lockSeconds) {
    SftpSettings.Limits limits =
        new SftpSettings.Limits(
            Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(lockSeconds));
    return SftpStore.open(sshd.url(repository), sshd.settings().withLimits(limits));
  }

  private void leaveLock(String owner, Duration age) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(owner), "qrepo\n");
    age(age);
  }

  private void age(Duration age) throws IOException {
    Files.setLastModifiedTime(folder, FileTime.from(Instant.now().minus(age)));
  }

  private static LockRequest request(int millis) {
    return new LockRequest(Duration.ofMillis(millis), List.of());
  }
}
