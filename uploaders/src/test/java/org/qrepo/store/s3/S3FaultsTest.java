package org.qrepo.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.io.Blob;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.Tag;
import org.qrepo.store.Blobs;
import org.qrepo.store.s3.SerialisingForwarder.Fault;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** Servers that fail, and lines that break, before s3proxy. */
@Timeout(60)
class S3FaultsTest {
  private static final AtomicInteger PREFIXES = new AtomicInteger();
  private static final StoreKey KEY = new StoreKey("q.db");
  @TempDir static Path dir;
  private static S3Server server;

  private final String prefix = "faults" + PREFIXES.incrementAndGet();
  private final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
  private final List<Duration> waits = Collections.synchronizedList(new ArrayList<>());
  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    server = S3Server.start(dir);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"500 Error", "503 Slow", "429 Too Many", "502 Bad", "408 Late"})
  void passingFailureIsTriedAgain(String status) throws IOException {
    Store store = before(times(2, S3FaultsTest::isPut, new Fault.Answered(status, "", "")));
    store.putOnce(KEY, Blobs.text("x"));
    assertThat(text()).isEqualTo("x");
    assertThat(sent("PUT")).isEqualTo(3);
  }

  @Test
  void failureThatLastsEnds() throws IOException {
    Store store = before(times(100, S3FaultsTest::isPut, new Fault.Answered("503 Slow", "", "")));
    StoreException e = refused(() -> store.putOnce(KEY, Blobs.text("x")));
    assertThat(e.kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(e).hasMessageContaining("q.db").hasMessageContaining("503");
    assertThat(sent("PUT")).isEqualTo(5);
    assertThat(waits).hasSize(4).allMatch(w -> w.compareTo(Duration.ofSeconds(16)) <= 0);
    assertThat(waits.get(0)).isLessThanOrEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void serverThatAsksForTimeGetsIt() throws IOException {
    Store store =
        before(times(1, S3FaultsTest::isPut, new Fault.Answered("503 Slow", "Retry-After: 2", "")));
    store.putOnce(KEY, Blobs.text("x"));
    assertThat(waits).containsExactly(Duration.ofSeconds(2));
  }

  /** The write had its effect, its answer was lost, and trying again meets its own bytes. */
  @ParameterizedTest
  @ValueSource(strings = {"cut", "500 Error", "412 Precondition Failed", "409 Conflict"})
  void ownWriteThatWasNotConfirmedIsDone(String answer) throws IOException {
    Fault fault = answer.equals("cut") ? new Fault.Cut() : new Fault.Done(answer);
    Store store = before(times(1, S3FaultsTest::isPut, fault));
    Tag first = store.swap(KEY, Tag.ABSENT, Blobs.text("one"));
    assertThat(store.stat(KEY).orElseThrow().tag()).isEqualTo(first);
    Store again = before(times(1, S3FaultsTest::isPut, fault));
    Tag second = again.swap(KEY, first, Blobs.text("two"));
    assertThat(text()).isEqualTo("two");
    assertThat(again.stat(KEY).orElseThrow().tag()).isEqualTo(second);
  }

  @Test
  void unclearWriteThatARivalOvertookIsAConflict() throws IOException {
    Tag tag = server.store(prefix).swap(KEY, Tag.ABSENT, Blobs.text("one"));
    AtomicInteger count = new AtomicInteger();
    Store store =
        before(
            request -> {
              if (isPut(request) && count.getAndIncrement() == 0) {
                overtake(tag);
                return new Fault.Answered("500 Error", "", "");
              }
              return new Fault.None();
            });
    StoreException e = refused(() -> store.swap(KEY, tag, Blobs.text("two")));
    assertThat(e.kind()).isEqualTo(Kind.CONFLICT);
    assertThat(text()).isEqualTo("rival");
  }

  @ParameterizedTest
  @CsvSource({
    "403 Forbidden,AccessDenied,DENIED,s3:PutObject",
    "403 Forbidden,SignatureDoesNotMatch,DENIED,credentials",
    "403 Forbidden,RequestTimeTooSkewed,PERMANENT,clock",
    "404 Not Found,NoSuchBucket,PERMANENT,no bucket packages",
    "507 Full,InsufficientStorage,PERMANENT,room",
    "400 Bad Request,QuotaExceeded,PERMANENT,room",
    "409 Conflict,Strange,CONFLICT,409"
  })
  void refusalSaysWhatToDo(String status, String code, Kind kind, String words) throws IOException {
    Store store = before(times(100, S3FaultsTest::isPut, answer(status, code, "")));
    StoreException e = refused(() -> store.putOnce(KEY, Blobs.text("x")));
    assertThat(e.kind()).isEqualTo(kind);
    assertThat(e).hasMessageContaining(words);
    assertThat(e.getMessage()).doesNotContain(S3Server.CREDENTIAL);
    assertThat(sent("PUT")).isEqualTo(1);
  }

  @Test
  void wrongRegionNamesTheRightOne() throws IOException {
    Fault moved = answer("301 Moved", "PermanentRedirect", "x-amz-bucket-region: eu-north-1");
    Store store = before(times(100, r -> true, moved));
    StoreException e = refused(() -> store.stat(KEY));
    assertThat(e.kind()).isEqualTo(Kind.PERMANENT);
    assertThat(e).hasMessageContaining("eu-north-1").hasMessageContaining("region");
  }

  @Test
  void wrongSecretIsDenied() throws IOException {
    S3Settings settings = S3Server.settings(server.endpoint(), true);
    Store store = S3Server.store(prefix, settings, "not-it", Duration.ofSeconds(5), waits::add);
    opened.add(store);
    StoreException e = refused(() -> store.putOnce(KEY, Blobs.text("x")));
    assertThat(e.kind()).isEqualTo(Kind.DENIED);
    assertThat(e.getMessage()).doesNotContain("not-it");
  }

  @Test
  void silentServerIsGivenUpInBoundedTime() throws IOException {
    SerialisingForwarder forwarder = forwarder(r -> new Fault.Silent(20_000));
    S3Settings settings = S3Server.settings(forwarder.endpoint(), true);
    Store store =
        S3Server.store(prefix, settings, S3Server.CREDENTIAL, Duration.ofMillis(300), waits::add);
    opened.add(store);
    long begin = System.nanoTime();
    assertThat(refused(() -> store.stat(KEY)).kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void serverThatIsNotThereIsTransient() throws IOException {
    URI nowhere = URI.create("http://127.0.0.1:" + S3Server.freePort());
    S3Settings settings = S3Server.settings(nowhere, true);
    Store store =
        S3Server.store(prefix, settings, S3Server.CREDENTIAL, Duration.ofSeconds(20), waits::add);
    opened.add(store);
    StoreException e = refused(() -> store.stat(KEY));
    assertThat(e.kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(e).hasMessageContaining(nowhere.getAuthority());
  }

  @Test
  void bodyThatEndsTooEarlyIsFetchedOn() throws IOException {
    Blob blob = Blobs.random(3_000_000, 5);
    server.store(prefix).putOnce(KEY, blob);
    Store store = before(times(2, r -> r.startsWith("GET"), new Fault.Truncated(1_000_000)));
    try (Store.Opened open = store.open(KEY)) {
      assertThat(Blob.of(open.stream().readAllBytes()).sha256()).isEqualTo(blob.sha256());
    }
    assertThat(sent("GET")).isEqualTo(3);
  }

  @Test
  void bodyThatNeverComesWholeIsAFailure() throws IOException {
    server.store(prefix).putOnce(KEY, Blobs.random(3_000_000, 5));
    Store store = before(times(100, r -> r.startsWith("GET"), new Fault.Truncated(0)));
    StoreException e =
        refused(
            () -> {
              try (Store.Opened open = store.open(KEY)) {
                open.stream().readAllBytes();
              }
            });
    assertThat(e.kind()).isEqualTo(Kind.TRANSIENT);
  }

  /** What tells nothing is no proof that the bytes arrived, nor that they did not. */
  @Test
  void wrongTagMakesItReadTheBytesAgain() throws IOException {
    Fault fault = new Fault.Mistagged("\"0123456789abcdef0123456789abcdef\"");
    Store store = before(times(1, S3FaultsTest::isPut, fault));
    store.putOnce(KEY, Blobs.text("x"));
    assertThat(text()).isEqualTo("x");
    assertThat(sent("GET")).isEqualTo(1);
  }

  /** A server that looks at no signature takes bytes that changed on their way. */
  @Test
  void bytesThatChangeOnTheWayAreNoticed() throws Exception {
    try (S3Server open = S3Server.start(dir, false)) {
      SerialisingForwarder forwarder =
          SerialisingForwarder.before(
              open.endpoint(), r -> isPut(r) ? new Fault.Damaged() : new Fault.None());
      opened.add(forwarder);
      Store store = S3Server.store(forwarder.endpoint(), prefix, true);
      opened.add(store);
      StoreException e = refused(() -> store.putOnce(KEY, Blobs.text("bytes")));
      assertThat(e.kind()).isEqualTo(Kind.PERMANENT);
      assertThat(e).hasMessageContaining("has not the bytes that were sent");
    }
  }

  /** The server has the whole request and ends the connection, again and again. */
  @Test
  void serverThatHangsUpEachTimeIsTransient() throws IOException {
    Store store = before(times(100, S3FaultsTest::isPut, new Fault.HungUp()));
    StoreException e = refused(() -> store.putOnce(KEY, Blobs.text("x")));
    assertThat(e.kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(sent("PUT")).isEqualTo(5);
  }

  @Test
  void serverWithoutConditionsIsRefused() throws Exception {
    try (S3Server open = S3Server.start(dir, false)) {
      SerialisingForwarder forwarder =
          SerialisingForwarder.before(open.endpoint(), r -> new Fault.Unconditional());
      opened.add(forwarder);
      Store store = S3Server.store(forwarder.endpoint(), prefix, true);
      opened.add(store);
      StoreException e = refused(() -> store.putOnce(KEY, Blobs.text("x")));
      assertThat(e.kind()).isEqualTo(Kind.PERMANENT);
      assertThat(e).hasMessageContaining("conditional-writes: false");
      assertThat(store.stat(KEY)).isEmpty();
    }
  }

  @Test
  void conditionsAreProbedOnce() throws IOException {
    Store store = before(r -> new Fault.None());
    for (int i = 0; i < 5; i++) {
      store.putOnce(new StoreKey("n" + i), Blobs.text("x"));
    }
    assertThat(requests.stream().filter(r -> r.contains(".qrepo.probe"))).hasSize(3);
    assertThat(requests).noneMatch(r -> r.contains("list-type"));
    assertThat(store.list(Optional.empty())).hasSize(5);
  }

  @Test
  void partsAreTriedAgain() throws IOException {
    Blob blob = Blobs.generated(40_000_000, 3);
    Store store =
        before(times(2, r -> r.contains("partNumber="), new Fault.Answered("503 Slow", "", "")));
    store.putOnce(KEY, blob);
    assertThat(store.stat(KEY).orElseThrow().size()).isEqualTo(blob.size());
    assertThat(sent("PUT")).isGreaterThanOrEqualTo(5);
    assertThat(uploads()).isZero();
  }

  @Test
  void unconfirmedCompletionIsDone() throws IOException {
    Store store =
        before(times(1, r -> r.startsWith("POST") && r.contains("uploadId="), new Fault.Cut()));
    store.putOnce(KEY, Blobs.generated(40_000_000, 3));
    assertThat(store.stat(KEY)).isPresent();
    assertThat(uploads()).isZero();
  }

  @Test
  void uploadThatFailsLeavesNothing() throws IOException {
    Store store =
        before(
            times(
                100, r -> r.contains("partNumber=2"), answer("403 Forbidden", "AccessDenied", "")));
    assertThat(refused(() -> store.putOnce(KEY, Blobs.generated(60_000_000, 3))).kind())
        .isEqualTo(Kind.DENIED);
    assertThat(store.stat(KEY)).isEmpty();
    assertThat(uploads()).isZero();
  }

  @Test
  void bigSourceThatChangedLeavesNothing() throws IOException {
    Blob given = Blobs.generated(40_000_000, 3);
    Blob other = Blobs.generated(40_000_000, 4);
    Blob broken = new Blob.Measured(given.size(), other.sha256(), given::open);
    Store store = before(r -> new Fault.None());
    assertThat(refused(() -> store.putOnce(KEY, broken)).kind()).isEqualTo(Kind.PERMANENT);
    assertThat(store.stat(KEY)).isEmpty();
    assertThat(uploads()).isZero();
  }

  /** As Amazon is written to. */
  @Test
  void serverThatIsSentDigestsChecksThem() throws IOException {
    S3Settings plain = S3Server.settings(server.endpoint(), true);
    S3Settings settings =
        new S3Settings(
            plain.endpoint(),
            plain.region(),
            plain.pathStyle(),
            plain.profile(),
            true,
            Optional.of(true));
    Store store =
        S3Server.store(prefix, settings, S3Server.CREDENTIAL, Duration.ofSeconds(20), waits::add);
    opened.add(store);
    Blob big = Blobs.generated(40_000_000, 3);
    store.putOnce(KEY, Blobs.text("x"));
    store.putOnce(new StoreKey("big"), big);
    assertThat(text()).isEqualTo("x");
    assertThat(store.stat(new StoreKey("big")).orElseThrow().size()).isEqualTo(big.size());
    assertThat(uploads()).isZero();
  }

  @Test
  void clientsAreToldHowLongTheyMayKeepIt() throws IOException {
    Store store = before(r -> new Fault.None());
    StoreKey packageFile = new StoreKey("gtk+-1:2-1-any.pkg.tar.zst");
    StoreKey signature = new StoreKey("gtk+-1:2-1-any.pkg.tar.zst.sig");
    store.putOnce(packageFile, Blobs.text("x"));
    store.putOnce(signature, Blobs.text("y"));
    store.swap(KEY, Tag.ABSENT, Blobs.text("z"));
    HeadObjectResponse kept = head(packageFile);
    assertThat(kept.cacheControl()).isEqualTo("public, max-age=31536000, immutable");
    assertThat(kept.contentType()).isEqualTo("application/octet-stream");
    assertThat(kept.contentEncoding()).isNull();
    assertThat(head(signature).cacheControl()).isEqualTo("no-cache");
    assertThat(head(signature).contentType()).isEqualTo("application/pgp-signature");
    assertThat(head(KEY).cacheControl()).isEqualTo("no-cache");
  }

  /** Written by another tool: no metadata tells what it is. */
  @Test
  void strangeObjectIsReadToBeCompared() throws IOException {
    try (S3Client client = server.client()) {
      client.putObject(
          p -> p.bucket(S3Server.BUCKET).key(prefix + "/" + KEY),
          software.amazon.awssdk.core.sync.RequestBody.fromBytes(
              "x".getBytes(StandardCharsets.UTF_8)));
    }
    Store store = before(r -> new Fault.None());
    store.putOnce(KEY, Blobs.text("x"));
    assertThat(refused(() -> store.putOnce(KEY, Blobs.text("y"))).kind()).isEqualTo(Kind.CONFLICT);
    assertThat(sent("PUT")).isZero();
  }

  private Store before(java.util.function.Function<String, Fault> faults) throws IOException {
    S3Settings settings = S3Server.settings(forwarder(faults).endpoint(), true);
    Store store =
        S3Server.store(prefix, settings, S3Server.CREDENTIAL, Duration.ofSeconds(20), waits::add);
    opened.add(store);
    return store;
  }

  private SerialisingForwarder forwarder(java.util.function.Function<String, Fault> faults)
      throws IOException {
    SerialisingForwarder forwarder =
        SerialisingForwarder.before(
            server.endpoint(),
            request -> {
              requests.add(request);
              return faults.apply(request);
            });
    opened.add(forwarder);
    return forwarder;
  }

  /** The first requests of a kind fail so, those of the probe left out. */
  private static java.util.function.Function<String, Fault> times(
      int most, Predicate<String> which, Fault fault) {
    AtomicInteger count = new AtomicInteger();
    return request ->
        which.test(request) && count.getAndIncrement() < most ? fault : new Fault.None();
  }

  private static boolean isPut(String request) {
    return request.startsWith("PUT") && !request.contains(".qrepo.probe");
  }

  private static Fault answer(String status, String code, String header) {
    String body = "<Error><Code>" + code + "</Code><Message>said so</Message></Error>";
    return new Fault.Answered(status, header, body);
  }

  private long sent(String method) {
    return requests.stream()
        .filter(r -> r.startsWith(method + " ") && !r.contains(".qrepo.probe"))
        .count();
  }

  private void overtake(Tag tag) {
    try {
      server.store(prefix).swap(KEY, tag, Blobs.text("rival"));
    } catch (StoreException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private String text() throws IOException {
    try (Store store = server.store(prefix);
        Store.Opened open = store.open(KEY)) {
      return new String(open.stream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private int uploads() {
    try (S3Client client = server.client()) {
      return client.listMultipartUploads(l -> l.bucket(S3Server.BUCKET)).uploads().size();
    }
  }

  private HeadObjectResponse head(StoreKey key) {
    try (S3Client client = server.client()) {
      return client.headObject(h -> h.bucket(S3Server.BUCKET).key(prefix + "/" + key));
    }
  }

  @FunctionalInterface
  private interface Action {
    void run() throws IOException;
  }

  private static StoreException refused(Action action) {
    StoreException e = catchThrowableOfType(StoreException.class, action::run);
    assertThat(e).as("a StoreException").isNotNull();
    return e;
  }
}
