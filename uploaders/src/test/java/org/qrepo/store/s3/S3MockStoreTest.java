package org.qrepo.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.io.Blob;
import org.qrepo.io.Sha256;
import org.qrepo.publish.Pause;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.Tag;
import org.qrepo.store.Blobs;
import org.qrepo.store.s3.SerialisingForwarder.Fault;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumMode;

/**
 * The contract on s3mock, with the SHA-256 of all bytes in the headers, as Amazon is written to.
 * The big object has more than 300 MiB with {@code -Dqrepo.full=true}.
 */
class S3MockStoreTest extends BucketContract {
  private static final boolean FULL = Boolean.getBoolean("qrepo.full");
  private static final AtomicInteger PREFIXES = new AtomicInteger();
  @TempDir static Path dir;
  private static S3Server server;
  private static SerialisingForwarder forwarder;
  private String prefix = "";

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    server = S3Server.startMock(dir);
    forwarder = SerialisingForwarder.before(server.endpoint());
  }

  @AfterAll
  static void stop() {
    forwarder.close();
    server.close();
  }

  @Override
  protected Store create() {
    prefix = "repo" + PREFIXES.incrementAndGet();
    return another();
  }

  @Override
  protected Store another() {
    return store(forwarder);
  }

  private Store store(SerialisingForwarder way) {
    return S3Server.store(
        prefix,
        S3Server.withChecksums(way.endpoint()),
        S3Server.CREDENTIAL,
        Duration.ofSeconds(30),
        Pause.REAL);
  }

  @Override
  protected long big() {
    return FULL ? 320L << 20 : 40_000_000;
  }

  @Override
  @Test
  @Disabled("limitation: s3mock loses the object, the probe's too, whose upload is given up")
  protected void copiesOfOneStateHaveOneWinner() throws Exception {
    super.copiesOfOneStateHaveOneWinner();
  }

  @Override
  @Test
  @Disabled("limitation: s3mock breaks off those who read an object that is replaced")
  protected void readerSeesOneStateOrTheOther() throws Exception {
    super.readerSeesOneStateOrTheOther();
  }

  /** The server has the digest from what it was sent, and tells it. */
  @Test
  void serverTellsTheDigest() throws IOException {
    Blob blob = Blobs.random(100_000, 7);
    try (Store store = create();
        S3Client client = server.client()) {
      store.putOnce(new StoreKey("a"), blob);
      String told =
          client
              .headObject(
                  h ->
                      h.bucket(S3Server.BUCKET)
                          .key(prefix + "/a")
                          .checksumMode(ChecksumMode.ENABLED))
              .checksumSHA256();
      assertThat(told).isEqualTo(Hash.base64(blob.sha256()));
    }
  }

  /** An object of another tool, of which nothing tells what it is but the server's checksum. */
  @Test
  void objectIsKnownByTheServersChecksum() throws IOException {
    Blob blob = Blobs.text("of another tool");
    try (Store store = create();
        S3Client client = server.client()) {
      client.putObject(
          p ->
              p.bucket(S3Server.BUCKET)
                  .key(prefix + "/a")
                  .checksumSHA256(Hash.base64(blob.sha256())),
          software.amazon.awssdk.core.sync.RequestBody.fromBytes(blob.open().readAllBytes()));
      forwarder.forget();
      store.putOnce(new StoreKey("a"), blob);
      Optional<Sha256> digest = store.stat(new StoreKey("a")).orElseThrow().digest();
      assertThat(digest).contains(blob.sha256());
      assertThat(forwarder.exchanges()).noneMatch(e -> e.request().startsWith("GET"));
    }
  }

  /** Bytes that change on the way do not get past the server. */
  @Test
  void bytesThatChangeOnTheWayAreRefused() throws IOException {
    create().close();
    try (SerialisingForwarder way =
            SerialisingForwarder.before(
                server.endpoint(),
                r ->
                    r.startsWith("PUT") && !r.contains(".qrepo.probe")
                        ? new Fault.Damaged()
                        : new Fault.None());
        Store store = store(way)) {
      assertThatThrownBy(() -> store.swap(new StoreKey("q.db"), Tag.ABSENT, Blobs.text("bytes")))
          .isInstanceOf(StoreException.class);
      assertThat(store.stat(new StoreKey("q.db"))).isEmpty();
    }
  }

  /**
   * It heeds the condition of an upload in parts, but loses the object when the upload is given up:
   * the probe sees that, and the bytes are sent instead of copied.
   */
  @Test
  void serverThatLosesObjectsIsNotAskedToCopy() throws IOException {
    Blob blob = Blobs.random(10_000, 8);
    try (Store store = create()) {
      StoreKey from = new StoreKey("generations/1/q.db");
      StoreKey key = new StoreKey("q.db");
      store.putOnce(from, blob);
      Tag tag = store.swap(key, Tag.ABSENT, Blobs.text("old"));
      store.swapCopy(key, tag, from, blob);
      assertThat(store.stat(key).orElseThrow().digest()).contains(blob.sha256());
      assertThat(store.traffic().orElseThrow().copied()).isZero();
      assertThat(store.traffic().orElseThrow().repeated()).isEqualTo(1);
    }
  }
}
