package org.qrepo.store.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.io.Blob;
import org.qrepo.publish.LockRequest;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoreLock;
import org.qrepo.publish.Tag;
import org.qrepo.store.Blobs;
import org.qrepo.store.Programs;
import org.qrepo.store.Retry;
import org.qrepo.store.RetryPolicy;
import org.qrepo.store.RetryingStore;

/** What goes wrong with a server, and what lies in its files. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SftpFaultsTest {
  private static final StoreKey KEY = new StoreKey("g/a");
  private static final SftpSettings.Limits SHORT =
      new SftpSettings.Limits(
          Duration.ofSeconds(5), Duration.ofMillis(1500), Duration.ofMinutes(10));

  @TempDir Path temporary;
  private Path repository = Path.of("/");
  private Sshd sshd;
  private final List<Retry> heard = new CopyOnWriteArrayList<>();
  private Store store = SftpStore.open("sftp://localhost/srv", SftpSettings.none());

  @BeforeEach
  void startServer() throws IOException {
    repository = temporary.resolve("repo");
    sshd = Sshd.start(temporary.resolve("sshd"));
    store = open();
  }

  @AfterEach
  void stopServer() throws Exception {
    sshd.thaw();
    store.close();
    sshd.close();
  }

  // The connection

  @Test
  void connectionThatWasEndedBetweenCallsIsMadeAgain() throws IOException {
    store.putOnce(KEY, Blobs.text("x"));
    sshd.endConnections();
    await(() -> isBack());
    assertThat(store.stat(KEY)).isPresent();
  }

  @Test
  void connectionThatEndsInTheMiddleIsTransientAndLeavesNoName() throws IOException {
    Blob blob = Blobs.generated(3_000_000, 1);
    StoreException e =
        refused(() -> store.putOnce(KEY, interrupted(blob, () -> sshd.endConnections())));
    assertThat(e.kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(repository.resolve("g")).doesNotExist();
    await(() -> isBack());
    store.putOnce(KEY, blob);
    assertThat(repository.resolve("g/a")).hasSize(3_000_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"stat", "put", "read", "lock"})
  void serverThatStopsAnsweringEndsInBoundedTime(String what) throws Exception {
    store.putOnce(KEY, Blobs.random(2_000_000, 1));
    try (Store.Opened open = store.open(KEY)) {
      open.stream().readNBytes(100);
      sshd.freeze();
      Instant begin = Instant.now();
      StoreException e =
          refused(
              switch (what) {
                case "stat" -> () -> store.stat(KEY);
                case "put" -> () -> store.putOnce(new StoreKey("b"), Blobs.random(9_000_000, 2));
                case "read" -> () -> open.stream().readAllBytes();
                default -> () -> store.lock(new LockRequest(Duration.ZERO, List.of()));
              });
      assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(12));
      assertThat(e.kind()).isEqualTo(Kind.TRANSIENT);
    }
    sshd.thaw();
    await(() -> isBack());
    assertThat(store.stat(KEY)).isPresent();
  }

  @Test
  void serverThatNeverSpeaksEndsInBoundedTime() throws IOException {
    try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      SftpSettings settings =
          sshd.settings()
              .withLimits(
                  new SftpSettings.Limits(
                      Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMinutes(10)));
      try (Store there =
          SftpStore.open("sftp://127.0.0.1:" + mute.getLocalPort() + "/srv", settings)) {
        Instant begin = Instant.now();
        StoreException e = refused(() -> there.stat(KEY));
        assertThat(e.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(6));
      }
    }
  }

  @Test
  void nobodyThereIsTransient() throws IOException {
    sshd.close();
    StoreException e = refused(() -> store.stat(KEY));
    assertThat(e.kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(e).hasMessageContaining("refused");
    try (Store nowhere = SftpStore.open("sftp://no.such.host.invalid/srv", sshd.settings())) {
      assertThat(refused(() -> nowhere.stat(KEY))).hasMessageContaining("no such host");
    }
  }

  @Test
  void serverWithOneChannelForEachConnectionIsEnough() throws IOException {
    try (Sshd narrow = Sshd.start(temporary.resolve("narrow"), "MaxSessions 1");
        Store there = SftpStore.open(narrow.url(repository), narrow.settings())) {
      there.putOnce(KEY, Blobs.random(200_000, 1));
      try (Store.Opened one = there.open(KEY);
          Store.Opened two = there.open(KEY)) {
        assertThat(one.stream().readAllBytes()).isEqualTo(two.stream().readAllBytes());
      }
    }
  }

  // With retries

  @Test
  void serverThatIsNotThereIsTriedAgainInBoundedTime() {
    sshd.close();
    Instant begin = Instant.now();
    StoreException e = refused(() -> retrying(store, 4).stat(KEY));
    assertThat(e.kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(e).hasMessageContaining("refused").hasMessageEndingWith("(tried 4 times)");
    assertThat(heard).hasSize(3);
    assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void serverThatStopsAnsweringIsGivenUpOnceForAll() throws Exception {
    Store patient = retrying(store, 2);
    patient.putOnce(KEY, Blobs.text("x"));
    StoreLock lock = patient.lock(new LockRequest(Duration.ZERO, List.of()));
    sshd.freeze();
    Instant begin = Instant.now();
    assertThat(refused(() -> patient.stat(KEY)).kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(heard).hasSize(1);
    assertThat(refused(lock::close).kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(heard).hasSize(1);
    assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(25));
    sshd.thaw();
    await(() -> isBack());
    lock.close();
    store.lock(new LockRequest(Duration.ZERO, List.of())).close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 30, 1_000, 2_500, 3_500, 5_000, 20_000, 400_000, 1_500_000})
  void serverThatClosesAfterSomeBytesIsTransientAndSurvived(long bytes) throws IOException {
    try (CuttingForwarder forwarder = CuttingForwarder.to(sshd.port())) {
      Path known = temporary.resolve("known");
      String key = sshd.knownHost().replace(":" + sshd.port(), ":" + forwarder.port());
      Files.writeString(known, key + "\n");
      SftpSettings settings = sshd.settings().withLimits(SHORT).withKnownHosts(List.of(known));
      String url = "sftp://127.0.0.1:" + forwarder.port() + repository;
      Blob blob = Blobs.random(2_000_000, 4);
      forwarder.cutWhenSent(bytes);
      try (Store there = SftpStore.open(url, settings)) {
        assertThat(refused(() -> there.putOnce(KEY, blob)).kind()).isEqualTo(Kind.TRANSIENT);
      }
      assertThat(repository.resolve("g/a")).doesNotExist();
      forwarder.cutWhenSent(bytes);
      try (Store there = retrying(SftpStore.open(url, settings), 4)) {
        there.putOnce(KEY, blob);
      }
      assertThat(heard).isNotEmpty();
      assertThat(repository.resolve("g/a")).hasSize(2_000_000);
    }
  }

  @Test
  void whatWillNotPassIsNotTriedAgain() throws IOException {
    try (Sshd readOnly =
            Sshd.start(temporary.resolve("readonly"), "Subsystem sftp internal-sftp -R");
        Store there = retrying(SftpStore.open(readOnly.url(repository), readOnly.settings()), 4)) {
      assertThat(refused(() -> there.putOnce(KEY, Blobs.text("x"))).kind()).isEqualTo(Kind.DENIED);
    }
    Path other = Sshd.key(temporary.resolve("other"), "ed25519", "");
    String[] key = Files.readString(Path.of(other + ".pub")).split(" ", -1);
    Path known = temporary.resolve("known");
    Files.writeString(known, "[127.0.0.1]:" + sshd.port() + " " + key[0] + " " + key[1] + "\n");
    SftpSettings settings = sshd.settings().withKnownHosts(List.of(known));
    try (Store there = retrying(SftpStore.open(sshd.url(repository), settings), 4)) {
      StoreException e = refused(() -> there.stat(KEY));
      assertThat(e.kind()).isIn(Kind.DENIED, Kind.PERMANENT);
      assertThat(e).hasMessageContaining("SHA256:");
    }
    assertThat(heard).isEmpty();
  }

  // The files

  @Test
  void modesDoNotDependOnTheUmask() throws IOException {
    try (Sshd strict =
            Sshd.start(temporary.resolve("strict"), "Subsystem sftp internal-sftp -u 0077");
        Store there = SftpStore.open(strict.url(repository), strict.settings())) {
      there.putOnce(KEY, Blobs.text("x"));
    }
    assertThat(mode(repository)).isEqualTo("rwxr-xr-x");
    assertThat(mode(repository.resolve("g"))).isEqualTo("rwxr-xr-x");
    assertThat(mode(repository.resolve("g/a"))).isEqualTo("rw-r--r--");
  }

  @Test
  void readOnlyServerDenies() throws IOException {
    try (Sshd readOnly =
            Sshd.start(temporary.resolve("readonly"), "Subsystem sftp internal-sftp -R");
        Store there = SftpStore.open(readOnly.url(repository), readOnly.settings())) {
      store.putOnce(KEY, Blobs.text("x"));
      StoreException e = refused(() -> there.putOnce(new StoreKey("b"), Blobs.text("x")));
      assertThat(e.kind()).isEqualTo(Kind.DENIED);
      assertThat(e).hasMessageContaining("permission denied");
      assertThat(there.stat(KEY)).isPresent();
    }
  }

  @Test
  void withoutAtomicRenameLinksAreRefusedAndSwapsStillReplace() throws IOException {
    try (Sshd old =
            Sshd.start(
                temporary.resolve("old"), "Subsystem sftp internal-sftp -P posix-rename,hardlink");
        Store there = SftpStore.open(old.url(repository), old.settings())) {
      Tag tag = there.swap(KEY, Tag.ABSENT, Blobs.text("x"));
      there.swap(KEY, tag, Blobs.text("y"));
      assertThat(repository.resolve("g/a")).hasContent("y");
      there.putOnce(new StoreKey("b"), Blobs.text("b"));
      StoreException e =
          refused(() -> there.swapLink(new StoreKey("current"), Optional.empty(), "g"));
      assertThat(e.kind()).isIn(Kind.PERMANENT, Kind.DENIED);
    }
  }

  @Test
  void fullFileSystemIsSaidSo() throws Exception {
    assumeTrue(
        System.getProperty("user.name").equals("root"),
        "limitation: only root can mount a small file system");
    Path small = Files.createDirectory(temporary.resolve("small"));
    Programs.Outcome mounted =
        Programs.run(
            List.of(
                Programs.need("mount"), "-t", "tmpfs", "-o", "size=2m", "none", small.toString()));
    assumeTrue(
        mounted.status() == 0, "limitation: no tmpfs can be mounted here: " + mounted.output());
    try (Store there = SftpStore.open(sshd.url(small), sshd.settings())) {
      StoreException e = refused(() -> there.putOnce(KEY, Blobs.generated(8_000_000, 1)));
      assertThat(e).hasMessageContaining("no space left");
      assertThat(e.kind()).isEqualTo(Kind.PERMANENT);
      there.putOnce(KEY, Blobs.random(1_000_000, 1));
    } finally {
      Programs.run(List.of(Programs.need("umount"), "-l", small.toString()));
    }
  }

  @Test
  void folderLinkThatLeadsOutIsRefused() throws IOException {
    Path outside = Files.createDirectory(temporary.resolve("outside"));
    Files.writeString(outside.resolve("a"), "secret");
    Files.createDirectory(repository);
    Files.createSymbolicLink(repository.resolve("g"), outside);
    for (Action action :
        List.<Action>of(
            () -> store.stat(KEY),
            () -> store.open(KEY),
            () -> store.list(Optional.of(new StoreKey("g"))),
            () -> store.putOnce(new StoreKey("g/b"), Blobs.text("x")),
            () -> store.swap(new StoreKey("g/b"), Tag.ABSENT, Blobs.text("x")),
            () -> store.delete(KEY))) {
      StoreException e = refused(action);
      assertThat(e.kind()).isEqualTo(Kind.DENIED);
      assertThat(e).hasMessageContaining("a link leads out of");
    }
    assertThat(names(outside)).containsExactly("a");
  }

  @Test
  void directoryThatIsAFileIsSaidSo() throws IOException {
    Files.writeString(repository, "x");
    StoreException e = refused(() -> store.putOnce(KEY, Blobs.text("x")));
    assertThat(e.kind()).isEqualTo(Kind.PERMANENT);
    assertThat(e).hasMessageContaining("is not a directory");
    assertThat(repository).hasContent("x");
  }

  @ParameterizedTest
  @ValueSource(strings = {".qrepo-tmp-1", "g/.qrepo-tmp-1/a", ".qrepo.lock", ".qrepo.lock/sftp"})
  void namesOfTheStoreAreNoKeys(String name) {
    StoreKey key = new StoreKey(name);
    for (Action action :
        List.<Action>of(
            () -> store.putOnce(key, Blobs.text("x")),
            () -> store.swap(key, Tag.ABSENT, Blobs.text("x")),
            () -> store.delete(key),
            () -> store.stat(key))) {
      assertThat(refused(action).kind()).isEqualTo(Kind.PERMANENT);
    }
    assertThat(repository).doesNotExist();
  }

  @Test
  void foreignChangesInOneSecondAreToldApart() throws IOException {
    store.putOnce(KEY, Blobs.random(200_000, 1));
    Path file = repository.resolve("g/a");
    FileTime time = Files.getLastModifiedTime(file);
    Tag before = store.stat(KEY).orElseThrow().tag();
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1]++;
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, time);
    assertThat(store.stat(KEY).orElseThrow().tag()).isNotEqualTo(before);
  }

  @Test
  void leftoversOfTheDeadAreRemovedUnderTheLockAndThoseOfTheLivingStay() throws IOException {
    Path unfinished = Files.createDirectories(repository.resolve(".qrepo-tmp-sftp"));
    Path dead = Files.writeString(unfinished.resolve(".qrepo-tmp-dead"), "half");
    Files.setLastModifiedTime(dead, FileTime.from(Instant.now().minusSeconds(7200)));
    Path living = Files.writeString(unfinished.resolve(".qrepo-tmp-living"), "half");
    store.lock(new LockRequest(Duration.ZERO, List.of())).close();
    assertThat(dead).doesNotExist();
    assertThat(living).exists();
    assertThat(store.list(Optional.empty())).isEmpty();
    assertThat(store.folders(Optional.empty())).isEmpty();
  }

  @Test
  void nothingIsLeftBesideTheObjects() throws IOException {
    store.swap(KEY, Tag.ABSENT, Blobs.text("x"));
    store.lock(new LockRequest(Duration.ZERO, List.of())).close();
    assertThat(names(repository)).containsExactly("g");
    assertThat(Files.getAttribute(repository.resolve("g/a"), "unix:nlink")).isEqualTo(1);
  }

  // What the tests are made of

  /** What must throw. */
  @FunctionalInterface
  private interface Action {
    void run() throws IOException;
  }

  private static StoreException refused(Action action) {
    StoreException e = catchThrowableOfType(StoreException.class, action::run);
    assertThat(e).as("a StoreException").isNotNull();
    return e;
  }

  private Store retrying(Store inner, int attempts) {
    RetryPolicy policy =
        new RetryPolicy(
            attempts, Duration.ofMillis(50), Duration.ofMillis(200), Duration.ofMinutes(1));
    return new RetryingStore(inner, policy, heard::add);
  }

  private Store open() {
    return SftpStore.open(sshd.url(repository), sshd.settings().withLimits(SHORT));
  }

  private boolean isBack() {
    try {
      store.stat(KEY);
      return true;
    } catch (StoreException e) {
      return false;
    }
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    Instant end = Instant.now().plusSeconds(20);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).isBefore(end);
    }
  }

  /** Does something when half of it was read. */
  private static Blob interrupted(Blob blob, Runnable event) {
    return new Blob.Measured(
        blob.size(),
        blob.sha256(),
        () ->
            new InputStream() {
              private final InputStream bytes = blob.open();
              private long given;

              @Override
              public int read() throws IOException {
                return bytes.read();
              }

              @Override
              public int read(byte[] buffer, int offset, int length) throws IOException {
                int n = bytes.read(buffer, offset, length);
                boolean before = given < blob.size() / 2;
                given += n;
                if (before && given >= blob.size() / 2) {
                  event.run();
                }
                return n;
              }
            });
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }
}
