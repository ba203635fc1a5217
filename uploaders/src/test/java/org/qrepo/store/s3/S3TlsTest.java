package org.qrepo.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.Tag;
import org.qrepo.store.Blobs;
import org.qrepo.store.TargetException;

/** Endpoints with certificates of a private authority. */
@Timeout(60)
class S3TlsTest {
  private static final String HERE = "IP:127.0.0.1";
  private static final StoreKey KEY = new StoreKey("q.db");

  @TempDir static Path dir;
  private static S3Server server;
  private static TestAuthority authority;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final List<Duration> waits = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    server = S3Server.start(dir);
    authority = TestAuthority.in(dir.resolve("authority"));
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
  void authorityThatIsNamedIsTrusted() throws Exception {
    Store store = store(HERE, 5, Optional.of(authority.certificate()));
    Tag tag = store.swap(KEY, Tag.ABSENT, Blobs.text("x"));
    assertThat(store.stat(KEY).orElseThrow().tag()).isEqualTo(tag);
  }

  @Test
  void unknownAuthorityIsRefused() throws Exception {
    refused(store(HERE, 5, Optional.empty()), "no authority that is trusted here", "ca-file");
  }

  @Test
  void anotherAuthorityIsRefused() throws Exception {
    TestAuthority other = TestAuthority.in(dir.resolve("other"));
    Store store = store(HERE, 5, Optional.of(other.certificate()));
    refused(store, "no authority that is trusted here", "ca-file");
  }

  @Test
  void expiredCertificateIsRefused() throws Exception {
    Store store = store(HERE, -1, Optional.of(authority.certificate()));
    refused(store, "its certificate has expired", "clock");
  }

  @Test
  void certificateOfAnotherHostIsRefused() throws Exception {
    Store store = store("DNS:example.org", 5, Optional.of(authority.certificate()));
    refused(store, "its certificate is of another host", "endpoint");
  }

  @Test
  void serverThatSpeaksNoTlsIsRefused() throws Exception {
    String address = server.endpoint().toString().replace("http:", "https:");
    Store store = store(S3Server.settings(URI.create(address), true));
    refused(store, "the TLS connection failed", "127.0.0.1");
  }

  @Test
  void fileWithoutCertificatesIsRefused() throws IOException {
    Path empty = Files.writeString(dir.resolve("empty.pem"), "nothing\n");
    S3Settings settings = S3Server.settings(server.endpoint(), true);
    assertThatThrownBy(() -> store(settings.withCaFile(empty)))
        .isInstanceOf(TargetException.class)
        .hasMessageContaining("holds no certificate");
    assertThatThrownBy(() -> store(settings.withCaFile(dir.resolve("none.pem"))))
        .isInstanceOf(TargetException.class)
        .hasMessageContaining("cannot be read");
  }

  /** At once: another try would meet the same certificate. */
  private void refused(Store store, String... words) {
    StoreException e = catchThrowableOfType(StoreException.class, () -> store.stat(KEY));
    assertThat(e.kind()).isEqualTo(Kind.PERMANENT);
    assertThat(e.getMessage()).contains(words);
    assertThat(waits).isEmpty();
  }

  private Store store(String names, int days, Optional<Path> caFile)
      throws IOException, InterruptedException, GeneralSecurityException {
    SerialisingForwarder forwarder =
        SerialisingForwarder.before(server.endpoint(), authority.server(names, days));
    opened.add(forwarder);
    S3Settings settings = S3Server.settings(forwarder.endpoint(), true);
    return store(caFile.map(settings::withCaFile).orElse(settings));
  }

  private Store store(S3Settings settings) {
    Store store =
        S3Server.store("tls", settings, S3Server.CREDENTIAL, Duration.ofSeconds(10), waits::add);
    opened.add(store);
    return store;
  }
}
