package org.qrepo.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.io.Blob;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.Tag;
import org.qrepo.publish.Traffic;
import org.qrepo.store.Blobs;
import org.qrepo.store.s3.SerialisingForwarder.Exchange;
import org.qrepo.store.s3.SerialisingForwarder.Fault;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * How mutable names are made equal to what the server has already. s3proxy heeds no condition of
 * CopyObject, and heeds those of a completed upload in parts; Amazon heeds both, as the forwarder
 * does for it here.
 */
@Timeout(60)
class S3CopyTest {
  private static final AtomicInteger PREFIXES = new AtomicInteger();
  private static final StoreKey FROM = new StoreKey("generations/1/q.db");
  private static final StoreKey KEY = new StoreKey("q.db");
  private static final Blob OLD = Blobs.random(50_000, 1);
  private static final Blob NEW = Blobs.random(60_000, 2);

  @TempDir static Path dir;
  private static S3Server server;

  private final String prefix = "copies" + PREFIXES.incrementAndGet();
  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    server = S3Server.start(dir, false);
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

  @Test
  void copyAsAmazonMakesItSendsNoByteOfTheObject() throws IOException {
    SerialisingForwarder way = forwarder(r -> new Fault.AsAmazonCopies());
    Store store = store(way, true);
    Tag copied = replace(store, way);
    List<Exchange> copies = way.exchanges().stream().filter(Exchange::copies).toList();
    assertThat(copies).singleElement().matches(c -> c.request().endsWith("/q.db"));
    assertThat(way.exchanges()).noneMatch(e -> e.request().contains("uploads"));
    assertThat(bodies(way)).isLessThan(4_000);
    assertThat(store.stat(KEY).orElseThrow().tag()).isEqualTo(copied);
    assertThat(store.traffic().orElseThrow().copied()).isEqualTo(1);
    assertThat(store.traffic().orElseThrow().repeated()).isZero();
    assertCopied();
  }

  @Test
  void serverThatHeedsOnlyUploadsInPartsCopiesByOne() throws IOException {
    SerialisingForwarder way = forwarder(r -> new Fault.None());
    Store store = store(way, true);
    Tag copied = replace(store, way);
    assertThat(way.exchanges())
        .filteredOn(Exchange::copies)
        .anyMatch(c -> c.request().contains("/q.db?") && c.request().contains("partNumber=1"));
    assertThat(bodies(way)).isLessThan(6_000);
    assertThat(store.stat(KEY).orElseThrow().tag()).isEqualTo(copied);
    assertThat(store.traffic().orElseThrow().copied()).isEqualTo(1);
    assertCopied();
    assertThat(uploads()).isZero();
  }

  /** Its state is told by another kind of tag, for it came in parts. */
  @Test
  void bigObjectIsCopiedToo() throws IOException {
    SerialisingForwarder way = forwarder(r -> new Fault.None());
    Store store = store(way, true);
    Blob big = Blobs.generated(40_000_000, 9);
    store.putOnce(FROM, big);
    Tag old = store.swap(KEY, Tag.ABSENT, OLD);
    way.forget();
    store.swapCopy(KEY, old, FROM, big);
    assertThat(bodies(way)).isLessThan(6_000);
    assertThat(store.stat(KEY).orElseThrow().digest()).contains(big.sha256());
    assertThat(store.stat(KEY).orElseThrow().size()).isEqualTo(big.size());
  }

  @Test
  void probesAreMadeOnce() throws IOException {
    SerialisingForwarder way = forwarder(r -> new Fault.None());
    Store store = store(way, true);
    Tag tag = replace(store, way);
    long probes = probes(way);
    assertThat(probes).isBetween(5L, 9L);
    store.putOnce(new StoreKey("generations/2/q.db"), OLD);
    store.swapCopy(KEY, tag, new StoreKey("generations/2/q.db"), OLD);
    assertThat(probes(way)).isEqualTo(probes);
  }

  /** It takes copies and completions in parts whatever their condition, and heeds those of PUT. */
  @Test
  void serverThatHeedsNeitherIsSentTheBytesAgain() throws IOException {
    SerialisingForwarder way =
        forwarder(r -> r.startsWith("POST") ? new Fault.Unconditional() : new Fault.None());
    Store store = store(way, true);
    replace(store, way);
    assertThat(way.exchanges())
        .filteredOn(e -> e.request().matches("PUT .*/q[.]db"))
        .singleElement()
        .matches(e -> e.sent() == NEW.size() && !e.copies());
    assertThat(store.traffic().orElseThrow().copied()).isZero();
    assertThat(store.traffic().orElseThrow().repeated()).isEqualTo(1);
    assertCopied();
  }

  @Test
  void serverThatKnowsNoCopiesIsSentTheBytesAgain() throws IOException {
    String no = "<Error><Code>NotImplemented</Code></Error>";
    SerialisingForwarder way =
        forwarder(
            r ->
                r.contains("partNumber=1") && !r.contains(".qrepo.probe")
                    ? new Fault.Answered("501 Not Implemented", "", no)
                    : new Fault.None());
    Store store = store(way, true);
    replace(store, way);
    assertThat(store.traffic().orElseThrow().repeated()).isEqualTo(1);
    assertCopied();
    assertThat(uploads()).isZero();
  }

  @Test
  void withoutConditionsCopiesAreMadeAllTheSame() throws IOException {
    SerialisingForwarder way = forwarder(r -> new Fault.Unconditional());
    Store store = store(way, false);
    replace(store, way);
    assertThat(probes(way)).isZero();
    assertThat(store.traffic().orElseThrow().copied()).isEqualTo(1);
    assertCopied();
  }

  /** The copy was made, and nobody was told. */
  @Test
  void copyThatWasNotConfirmedIsDone() throws IOException {
    for (boolean amazon : new boolean[] {true, false}) {
      AtomicInteger count = new AtomicInteger();
      SerialisingForwarder way =
          forwarder(
              r -> {
                boolean copies = amazon ? r.endsWith("/q.db") : r.startsWith("POST");
                boolean ours = copies && !r.contains(".qrepo.probe") && !r.startsWith("HEAD");
                if (ours && r.contains(amazon ? "/q.db" : "uploadId=") && armed) {
                  return count.getAndIncrement() == 0 ? new Fault.Cut() : new Fault.None();
                }
                return amazon ? new Fault.AsAmazonCopies() : new Fault.None();
              });
      Store store = store(way, true);
      armed = false;
      store.putOnce(FROM, NEW);
      Tag tag = store.stat(KEY).map(o -> o.tag()).orElse(Tag.ABSENT);
      Tag old = store.swap(KEY, tag, OLD);
      armed = true;
      Tag copied = store.swapCopy(KEY, old, FROM, NEW);
      assertThat(count.get()).as("cut, Amazon: " + amazon).isPositive();
      assertThat(store.stat(KEY).orElseThrow().tag()).isEqualTo(copied);
      assertCopied();
    }
  }

  private volatile boolean armed;

  @Test
  void rivalThatWasFasterIsNotUndone() throws IOException {
    for (Fault fault : List.of(new Fault.AsAmazonCopies(), new Fault.None())) {
      AtomicInteger looks = new AtomicInteger();
      Blob rival = Blobs.text("rival");
      SerialisingForwarder way =
          forwarder(
              r -> {
                boolean copy = r.matches("PUT .*/q[.]db([?]partNumber=1.*)?") && armed;
                if (copy && looks.getAndIncrement() == 0) {
                  overtake(rival);
                }
                return fault;
              });
      armed = false;
      Store store = store(way, true);
      store.putOnce(FROM, NEW);
      Tag old = store.swap(KEY, store.stat(KEY).map(o -> o.tag()).orElse(Tag.ABSENT), OLD);
      armed = true;
      assertThatThrownBy(() -> store.swapCopy(KEY, old, FROM, NEW))
          .isInstanceOfSatisfying(
              StoreException.class,
              e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.CONFLICT));
      assertThat(store.stat(KEY).orElseThrow().size()).isEqualTo(rival.size());
      assertThat(uploads()).isZero();
    }
  }

  /** What the store says of its traffic is what goes over the line. */
  @Test
  void trafficIsWhatGoesOverTheLine() throws IOException {
    SerialisingForwarder way = forwarder(r -> new Fault.None());
    Store store = store(way, true);
    replaceFrom(store);
    try (Store.Opened open = store.open(FROM)) {
      assertThat(open.stream().readAllBytes()).hasSize((int) NEW.size());
    }
    Traffic traffic = store.traffic().orElseThrow();
    List<Exchange> all = way.exchanges();
    assertThat(traffic.sent()).isEqualTo(all.stream().mapToLong(Exchange::sent).sum());
    assertThat(traffic.received()).isEqualTo(all.stream().mapToLong(Exchange::received).sum());
    assertThat(traffic.received()).isGreaterThan(NEW.size());
    assertThat(traffic.sent()).isBetween(OLD.size() + NEW.size(), OLD.size() + NEW.size() + 2000);
  }

  private Tag replace(Store store, SerialisingForwarder way) throws IOException {
    store.putOnce(FROM, NEW);
    Tag old = store.swap(KEY, Tag.ABSENT, OLD);
    way.forget();
    return store.swapCopy(KEY, old, FROM, NEW);
  }

  private static void replaceFrom(Store store) throws IOException {
    store.putOnce(FROM, NEW);
    store.swapCopy(KEY, store.swap(KEY, Tag.ABSENT, OLD), FROM, NEW);
  }

  private void assertCopied() throws IOException {
    try (Store plain = server.store(prefix);
        Store.Opened open = plain.open(KEY);
        S3Client client = server.client()) {
      assertThat(Blob.of(open.stream().readAllBytes()).sha256()).isEqualTo(NEW.sha256());
      HeadObjectResponse head =
          client.headObject(h -> h.bucket(S3Server.BUCKET).key(prefix + "/" + KEY));
      assertThat(head.cacheControl()).isEqualTo("no-cache");
      assertThat(head.metadata()).containsEntry("sha256", NEW.sha256().hex());
    }
  }

  private void overtake(Blob rival) {
    try (Store other = server.store(prefix)) {
      other.swap(KEY, other.stat(KEY).orElseThrow().tag(), rival);
    } catch (StoreException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static long bodies(SerialisingForwarder way) {
    return way.exchanges().stream().mapToLong(e -> e.sent() + e.received()).sum();
  }

  private static long probes(SerialisingForwarder way) {
    return way.exchanges().stream().filter(e -> e.request().contains(".qrepo.probe")).count();
  }

  private static int uploads() {
    try (S3Client client = server.client()) {
      return client.listMultipartUploads(l -> l.bucket(S3Server.BUCKET)).uploads().size();
    }
  }

  private SerialisingForwarder forwarder(Function<String, Fault> faults) throws IOException {
    SerialisingForwarder forwarder = SerialisingForwarder.before(server.endpoint(), faults);
    opened.add(forwarder);
    return forwarder;
  }

  private Store store(SerialisingForwarder way, boolean conditional) {
    Store store =
        S3Server.store(
            prefix,
            S3Server.settings(way.endpoint(), conditional),
            S3Server.CREDENTIAL,
            Duration.ofSeconds(20),
            duration -> {});
    opened.add(store);
    return store;
  }
}
