package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.io.Blob;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.ClaimingStore;
import org.qrepo.store.s3.S3Server;
import org.qrepo.store.s3.SerialisingForwarder;
import org.qrepo.store.s3.SerialisingForwarder.Fault;
import org.qrepo.store.s3.TestAuthority;

/** What the program says, and how it ends, when the server of a bucket fails. */
class S3FaultsIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final AtomicInteger PLACES = new AtomicInteger();

  @TempDir static Path dir;
  private static S3Server server;
  private static GpgHome gpg;
  private static Path secret;

  private final String place = "place" + PLACES.incrementAndGet();
  private final Scratch scratch = new Scratch();
  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    server = S3Server.start(dir);
    gpg = new GpgHome(dir.resolve("s"));
    secret =
        gpg.exportSecretKey(
            gpg.generateKey("T <t@example.org>", "ed25519"), dir.resolve("secret.asc"));
  }

  @AfterAll
  static void stop() {
    gpg.close();
    server.close();
  }

  @AfterEach
  void tidy() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
    scratch.close();
  }

  @ParameterizedTest
  @CsvSource({
    "503 Slow Down,SlowDown,503",
    "403 Forbidden,AccessDenied,s3:PutObject",
    "507 Insufficient Storage,InsufficientStorage,room"
  })
  void writeThatFailsEndsWithTheReason(String status, String code, String words)
      throws IOException {
    String body = "<Error><Code>" + code + "</Code><Message>so it is</Message></Error>";
    Fault fault = new Fault.Answered(status, "", body);
    long begin = System.nanoTime();
    Command.Output output = publish(before(r -> isPackage(r) ? fault : new Fault.None()), "");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LONG);
    assertThat(output.code()).as(output.err()).isEqualTo(5);
    assertThat(output.err()).contains("hello-1-1-any.pkg.tar.zst").contains(words);
    assertThat(output.err()).doesNotContain(S3Server.CREDENTIAL);
  }

  @Test
  void serverThatAsksForTimeGetsIt() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    Fault fault = new Fault.Answered("429 Too Many Requests", "Retry-After: 1", "");
    URI endpoint =
        before(r -> isPackage(r) && asked.getAndIncrement() < 2 ? fault : new Fault.None());
    publish(endpoint, "").expectSuccess();
    assertThat(asked).hasValue(3);
  }

  @Test
  void privateAuthorityIsTrustedOnlyIfItIsNamed() throws Exception {
    TestAuthority authority = TestAuthority.in(dir.resolve("authority"));
    SerialisingForwarder way =
        SerialisingForwarder.before(server.endpoint(), authority.server("IP:127.0.0.1", 5));
    opened.add(way);
    Command.Output refused = publish(way.endpoint(), "");
    assertThat(refused.code()).as(refused.err()).isEqualTo(5);
    assertThat(refused.err()).contains("no authority that is trusted here").contains("ca-file");
    publish(way.endpoint(), "ca-file: " + authority.certificate()).expectSuccess();
  }

  /** It is seen where it can be seen; a lock it is not. */
  @Test
  void secondPublisherWithoutConditionsIsRefused() throws IOException {
    try (Store first = new ClaimingStore(S3Server.store(server.endpoint(), place, false))) {
      first.putOnce(new StoreKey("a"), Blob.of(new byte[] {1}));
      Command.Output refused = publish(server.endpoint(), "conditional-writes: false");
      assertThat(refused.code()).as(refused.err()).isEqualTo(7);
      assertThat(refused.err())
          .contains("another publisher is at work, or died")
          .contains("cannot keep two publishers apart");
    }
    Command.Output output = publish(server.endpoint(), "conditional-writes: false");
    assertThat(output.expectSuccess().err()).contains("only one publisher");
  }

  private URI before(Function<String, Fault> faults) throws IOException {
    SerialisingForwarder forwarder = SerialisingForwarder.before(server.endpoint(), faults);
    opened.add(forwarder);
    return forwarder.endpoint();
  }

  private static boolean isPackage(String request) {
    return request.startsWith("PUT") && request.endsWith(".pkg.tar.zst");
  }

  /**
   * @param more a line of the target
   */
  private Command.Output publish(URI endpoint, String more) {
    scratch.file(
        "home/qrepo.yml",
        """
        repository:
          name: t
          arch: x86_64
        signing:
          backend: file
          key-file: %s
        targets:
          bucket:
            url: s3://%s/%s
            endpoint: %s
            %s
        """
            .formatted(secret, S3Server.BUCKET, place, endpoint, more));
    Path file = SamplePackage.of("hello", "1-1").writeTo(scratch.folder("in"));
    return new QrepoCli(scratch.path().resolve("home"))
        .command("publish", "--to", "bucket", file.toString())
        .env("AWS_ACCESS_KEY_ID", S3Server.IDENTITY)
        .env("AWS_SECRET_ACCESS_KEY", S3Server.CREDENTIAL)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .run();
  }
}
