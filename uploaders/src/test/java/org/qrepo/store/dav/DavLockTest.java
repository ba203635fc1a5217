package org.qrepo.store.dav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qrepo.io.Blob;
import org.qrepo.publish.LockRequest;
import org.qrepo.publish.LockedException;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoreLock;
import org.qrepo.publish.Tag;
import org.qrepo.store.Blobs;

/** The lock of two publishers on one web server, of which one may be dead or asleep. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DavLockTest {
  private static final StoreKey FOREIGN = new StoreKey("t.db.tar.gz.lck");
  private static final StoreKey DATABASE = new StoreKey("t.db");
  private static final AtomicInteger FOLDERS = new AtomicInteger();

  @TempDir static Path shared;
  private static WebServer apache;
  private static WebServer nginx;
  private static WebServer plain;

  private String repository = "";

  /** Where. */
  enum Place {
    APACHE,
    NGINX,
    PLAIN;

    WebServer server() {
      return switch (this) {
        case APACHE -> apache;
        case NGINX -> nginx;
        case PLAIN -> plain;
      };
    }
  }

  @BeforeAll
  static void start() throws Exception {
    apache = WebServer.apache(shared.resolve("apache"));
    nginx = WebServer.nginx(shared.resolve("nginx"));
    plain = WebServer.plain(shared.resolve("plain"));
  }

  @AfterAll
  static void stop() {
    apache.close();
    nginx.close();
    plain.close();
  }

  @BeforeEach
  void nameFolder() {
    repository = "r" + FOLDERS.incrementAndGet();
  }

  /** Folders are tried without a server: FolderClaimTest. */
  @Test
  void whoIsStoppedWhileItTakesTheLockLeavesNone() throws Exception {
    for (int moment : new int[] {5, 20, 60, 100}) {
      try (Store one = open(Place.PLAIN, 600)) {
        Thread worker = new Thread(() -> assertThatThrownBy(() -> lockForLong(one)).isNotNull());
        worker.start();
        Thread.sleep(moment);
        worker.interrupt();
        worker.join();
      }
      try (Store two = open(Place.PLAIN, 600);
          StoreLock lock = two.lock(request(0))) {
        lock.confirm();
      }
    }
  }

  private static void lockForLong(Store store) throws Exception {
    try (StoreLock lock = store.lock(request(0))) {
      Thread.sleep(60_000);
      lock.confirm();
    }
  }

  @ParameterizedTest
  @EnumSource
  void holderIsRenewedPastTheLifeOfALock(Place place) throws Exception {
    try (Store one = open(place, 2);
        Store two = open(place, 2);
        StoreLock lock = one.lock(request(0))) {
      Instant end = Instant.now().plusSeconds(4);
      while (Instant.now().isBefore(end)) {
        assertThatThrownBy(() -> two.lock(request(0))).isInstanceOf(LockedException.class);
        Thread.sleep(200);
      }
      lock.confirm();
    }
  }

  /** The holder sleeps: nothing renews its lock, as when a laptop is closed. */
  @ParameterizedTest
  @EnumSource
  void holderThatSleptPastItsTimeDoesNotConfirmAndDoesNotHarmTheNext(Place place)
      throws IOException {
    try (Store sleeper = open(place, 600);
        Store next = open(place, 600)) {
      StoreLock old = sleeper.lock(request(0));
      LockedException e =
          catchThrowableOfType(LockedException.class, () -> next.lock(request(0)).close());
      assertThat(e).hasMessageContaining("10 minutes").hasMessageContaining(repository);
      age(place, Duration.ofMinutes(11));
      try (Store late = open(place, 600);
          StoreLock lock = late.lock(request(5000))) {
        StoreException lost = catchThrowableOfType(StoreException.class, old::confirm);
        assertThat(lost.kind()).isEqualTo(Kind.CONFLICT);
        old.close();
        lock.confirm();
        assertThatThrownBy(() -> sleeper.lock(request(0))).isInstanceOf(LockedException.class);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void holderThatSleptAndWasNotMissedGoesOn(Place place) throws IOException {
    try (Store sleeper = open(place, 600);
        Store next = open(place, 600);
        StoreLock lock = sleeper.lock(request(0))) {
      age(place, Duration.ofMinutes(11));
      lock.confirm();
      assertThatThrownBy(() -> next.lock(request(0))).isInstanceOf(LockedException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"APACHE", "NGINX"})
  void onlyOneOfManyTakesTheLockOfTheDead(Place place) throws Exception {
    Files.createDirectories(folder(place));
    if (place == Place.APACHE) {
      giveToApache(folder(place));
    }
    age(place, Duration.ofMinutes(11));
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<Void>> counts =
          Stream.generate(() -> pool.submit(() -> countUnderTheLock(place))).limit(4).toList();
      for (Future<Void> count : counts) {
        count.get(50, TimeUnit.SECONDS);
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(documents(place).resolve("counter")).hasContent("8");
    assertThat(folder(place)).doesNotExist();
  }

  private Void countUnderTheLock(Place place) throws Exception {
    StoreKey counter = new StoreKey("counter");
    try (Store store = open(place, 600)) {
      for (int i = 0; i < 2; i++) {
        try (StoreLock lock = store.lock(request(50_000))) {
          Tag tag = store.stat(counter).map(o -> o.tag()).orElse(Tag.ABSENT);
          Path file = documents(place).resolve("counter");
          int now = Files.exists(file) ? Integer.parseInt(Files.readString(file)) : 0;
          lock.confirm();
          store.swap(counter, tag, Blobs.text("" + (now + 1)));
        }
      }
      return null;
    }
  }

  @ParameterizedTest
  @EnumSource
  void foreignLockOfADeadPublisherOverTheWebIsRemoved(Place place) throws IOException {
    try (Store store = open(place, 600)) {
      store.putOnce(FOREIGN, Blobs.text("4194999\ndav 0123456789abcdef\n"));
      try (StoreLock lock = store.lock(new LockRequest(Duration.ZERO, List.of(FOREIGN)))) {
        lock.confirm();
      }
    }
    assertThat(documents(place).resolve(FOREIGN.value())).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource(names = {"APACHE", "NGINX"})
  void whatTheDeadLeftIsRemovedByTheNext(Place place) throws IOException {
    try (Store store = open(place, 600)) {
      store.putOnce(DATABASE, Blobs.text("x"));
      Path left = documents(place).resolve(".qrepo-tmp-dav/new-0123456789abcdef");
      Path young = left.resolveSibling("new-1111111111111111");
      Files.writeString(left, "half of a package");
      Files.writeString(young, "half of another");
      Files.setLastModifiedTime(left, ago(Duration.ofHours(2)));
      store.lock(request(0)).close();
      assertThat(left).doesNotExist();
      assertThat(young).exists();
    }
  }

  /**
   * Between a publisher's look and its write another one writes: Apache heeds the condition of the
   * write, so the late one is refused even if it slept away its lock there.
   */
  @Test
  void writeOfOneWhoSleptBetweenLookAndWriteIsRefusedByApache() throws IOException {
    try (Store sleeper = open(Place.APACHE, 600);
        Store next = open(Place.APACHE, 600)) {
      Tag seen = sleeper.swap(DATABASE, Tag.ABSENT, Blobs.text("0"));
      Blob late = Blobs.text("late");
      Blob slept =
          new Blob.Measured(
              late.size(),
              late.sha256(),
              () -> {
                next.swap(DATABASE, seen, Blobs.text("next"));
                return late.open();
              });
      StoreException e =
          catchThrowableOfType(StoreException.class, () -> sleeper.swap(DATABASE, seen, slept));
      assertThat(e.kind()).isEqualTo(Kind.CONFLICT);
      assertThat(documents(Place.APACHE).resolve("t.db")).hasContent("next");
    }
  }

  /** A folder that another publisher fills while it is being removed is put back. */
  @Test
  void hiddenFilesOfOthersAreNotDeletedWithAFolder() throws IOException {
    try (Store store = open(Place.NGINX, 600)) {
      StoreKey key = new StoreKey("g/a");
      store.putOnce(key, Blobs.text("x"));
      Files.writeString(documents(Place.NGINX).resolve("g/.mine"), "mine");
      store.delete(key);
      try (Stream<Path> files = Files.walk(documents(Place.NGINX))) {
        assertThat(files.filter(p -> p.endsWith(".mine"))).hasSize(1);
      }
    }
  }

  private Store open(Place place, int lockSeconds) {
    return DavStore.open(
        place.server().url() + "/" + repository,
        place
            .server()
            .settings()
            .withTree(place != Place.PLAIN)
            .withLimits(
                new DavSettings.Limits(Duration.ofSeconds(lockSeconds), Duration.ofMillis(100))));
  }

  private Path documents(Place place) {
    return place.server().documents().resolve(repository);
  }

  private Path folder(Place place) {
    return documents(place).resolve(place == Place.PLAIN ? ".qrepo.lock/put" : ".qrepo.lock/dav");
  }

  private void age(Place place, Duration age) throws IOException {
    Files.setLastModifiedTime(folder(place), ago(age));
  }

  private static void giveToApache(Path folder) throws IOException {
    UserPrincipal owner = Files.getOwner(apache.documents());
    Path up = apache.documents();
    for (Path name : apache.documents().relativize(folder)) {
      up = up.resolve(name);
      Files.setOwner(up, owner);
    }
  }

  private static FileTime ago(Duration age) {
    return FileTime.from(Instant.now().minus(age));
  }

  private static LockRequest request(int millis) {
    return new LockRequest(Duration.ofMillis(millis), List.of());
  }
}
