package org.qrepo.store.dav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.io.Blob;
import org.qrepo.publish.LockRequest;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.Tag;
import org.qrepo.store.Blobs;
import org.qrepo.store.http.Authorization;

/** What goes wrong with a web server, as no real one does on demand. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DavFaultsTest {
  private static final StoreKey KEY = new StoreKey("a");
  private static final String CREDENTIAL = "a-token-that-nobody-may-see";

  private FakeServer server;
  private Store store;

  @BeforeEach
  void start() throws IOException {
    server = FakeServer.start();
    store = open(server.url());
  }

  @AfterEach
  void stop() throws IOException {
    store.close();
    server.close();
  }

  @Test
  void withoutFaultsItWorks() throws IOException {
    store.putOnce(KEY, Blobs.random(300_000, 1));
    Tag tag = store.stat(KEY).orElseThrow().tag();
    store.swap(KEY, tag, Blobs.text("x"));
    assertThat(store.list(Optional.empty())).containsExactly(KEY);
    assertThat(server.requests()).allMatch(r -> r.endsWith(" Bearer " + CREDENTIAL));
  }

  @ParameterizedTest
  @CsvSource({
    "401, DENIED, does not accept the user and password",
    "403, DENIED, may not do that",
    "404, PERMANENT, is this the address to write to?",
    "405, PERMANENT, is this the address to write to?",
    "409, PERMANENT, something is in the way",
    "412, CONFLICT, another publisher changed it",
    "413, PERMANENT, client_max_body_size",
    "423, TRANSIENT, another program has locked it",
    "429, TRANSIENT, run it again later",
    "500, TRANSIENT, its error log",
    "501, PERMANENT, does not take such requests",
    "502, TRANSIENT, its error log",
    "503, TRANSIENT, run it again later",
    "504, TRANSIENT, its error log",
    "507, PERMANENT, no space is left"
  })
  void answersAreOfTheirKind(int status, Kind kind, String words) {
    server.answer("PUT", status);
    StoreException e = refused(() -> store.putOnce(KEY, Blobs.text("x")));
    assertThat(e.kind()).isEqualTo(kind);
    assertThat(e).hasMessageContaining("" + status).hasMessageContaining(words);
    assertThat(e.getMessage()).contains("write a", server.url()).doesNotContain(CREDENTIAL);
    assertThat(server.has("/a")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HEAD", "MKCOL", "PROPFIND", "MOVE"})
  void everyRequestCanBeDenied(String method) {
    server.answer(method, 403);
    StoreException e = refused(() -> store.putOnce(KEY, Blobs.text("x")));
    assertThat(e.kind()).isEqualTo(Kind.DENIED);
    assertThat(server.has("/a")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HEAD", "GET"})
  void whatGoesAwayWhileItIsLookedAtIsAbsent(String method) throws IOException {
    store.putOnce(KEY, Blobs.text("x"));
    server.loseWhenAsked(method, "/a");
    assertThat(store.stat(KEY)).isEmpty();
    assertThat(server.has("/a")).isFalse();
  }

  @Test
  void whatGoesAwayWhileItIsRemovedIsNoError() throws IOException {
    store.putOnce(KEY, Blobs.text("x"));
    server.loseWhenAsked("DELETE", "/a");
    store.delete(KEY);
    assertThat(server.has("/a")).isFalse();
  }

  @Test
  void folderThatCannotBeToldOfForAMomentIsAskedForAgain() throws IOException {
    AtomicInteger left = new AtomicInteger(3);
    server.on(
        x -> {
          if (!x.getRequestMethod().equals("PROPFIND") || left.getAndDecrement() <= 0) {
            return false;
          }
          x.getRequestBody().readAllBytes();
          FakeServer.status(x, 500);
          return true;
        });
    store.putOnce(KEY, Blobs.text("x"));
    assertThat(server.has("/a")).isTrue();
    assertThat(left.get()).isNegative();
  }

  @Test
  void theTimeThatTheServerAsksForIsTold() {
    server.answer("HEAD", 503, "Retry-After", "17");
    assertThat(refused(() -> store.stat(KEY)).waitTime()).contains(Duration.ofSeconds(17));
    Instant then = Instant.now().plusSeconds(120).truncatedTo(ChronoUnit.SECONDS);
    server.answer(
        "HEAD",
        429,
        "Retry-After",
        DateTimeFormatter.RFC_1123_DATE_TIME.format(then.atOffset(ZoneOffset.UTC)));
    assertThat(refused(() -> store.stat(KEY)).waitTime().orElseThrow())
        .isBetween(Duration.ofSeconds(100), Duration.ofSeconds(121));
    server.answer("HEAD", 503, "Retry-After", "soon");
    assertThat(refused(() -> store.stat(KEY)).waitTime()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HEAD", "PUT", "GET", "MKCOL", "PROPFIND", "MOVE"})
  void serverThatStopsAnsweringEndsInBoundedTime(String method) throws IOException {
    Store store = impatient(server.url());
    server.on(x -> x.getRequestMethod().equals(method) && server.hang());
    Instant begin = Instant.now();
    StoreException e = refused(() -> store.putOnce(KEY, Blobs.random(200_000, 1)));
    assertThat(e.kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(e).hasMessageContaining("no answer within");
    assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void serverThatTakesNoMoreBytesEndsInBoundedTime() throws IOException {
    Store store = impatient(server.url());
    server.on(
        x -> {
          if (x.getRequestMethod().equals("PUT")) {
            x.getRequestBody().readNBytes(1000);
            return server.hang();
          }
          return false;
        });
    Instant begin = Instant.now();
    Blob big = Blobs.random(30_000_000, 1);
    assertThat(refused(() -> store.putOnce(KEY, big)).kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(12));
  }

  @ParameterizedTest
  @ValueSource(strings = {"HEAD", "PUT", "GET", "MKCOL", "PROPFIND", "MOVE"})
  void connectionThatEndsIsTransientAndChangesAreTriedOnce(String method) {
    AtomicInteger tries = new AtomicInteger();
    server.on(
        x -> {
          if (x.getRequestMethod().equals(method)) {
            tries.incrementAndGet();
            x.close();
            return true;
          }
          return false;
        });
    StoreException e = refused(() -> store.putOnce(KEY, Blobs.random(200_000, 1)));
    assertThat(e.kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(tries.get())
        .isBetween(1, Map.of("HEAD", 2, "GET", 2, "PROPFIND", 8).getOrDefault(method, 1));
  }

  @Test
  void truncatedBodyIsTransient() {
    server.put("/a", new byte[500_000]);
    server.on(
        x -> {
          if (!x.getRequestMethod().equals("GET")) {
            return false;
          }
          x.getResponseHeaders().set("Last-Modified", "Sun, 22 Nov 2026 03:47:25 GMT");
          x.sendResponseHeaders(200, 500_000);
          x.getResponseBody().write(new byte[1000]);
          x.getResponseBody().flush();
          return true;
        });
    StoreException e =
        refused(
            () -> {
              try (Store.Opened opened = store.open(KEY)) {
                opened.stream().readAllBytes();
              }
            });
    assertThat(e.kind()).isEqualTo(Kind.TRANSIENT);
  }

  @Test
  void bytesThatArriveDamagedAreNotNamed() {
    server.on(
        x -> {
          if (x.getRequestMethod().equals("PUT")) {
            x.getRequestBody().readAllBytes();
            server.put(
                x.getRequestURI().getPath().substring(2), "y".getBytes(StandardCharsets.UTF_8));
            FakeServer.status(x, 201);
            return true;
          }
          return false;
        });
    StoreException e = refused(() -> store.putOnce(KEY, Blobs.text("x")));
    assertThat(e.kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(e).hasMessageContaining("gives back other bytes");
    assertThat(server.has("/a")).isFalse();
    assertThat(refused(() -> store.putOnce(KEY, Blobs.text("xyz"))))
        .hasMessageContaining("1 bytes of 3");
  }

  @Test
  void etagThatIsAnotherEachTimeIsNoState() throws IOException {
    store.putOnce(KEY, Blobs.text("x"));
    AtomicInteger number = new AtomicInteger();
    server.on(
        x -> {
          x.getResponseHeaders().set("ETag", "\"" + number.incrementAndGet() + "\"");
          return false;
        });
    StoreException e = refused(() -> store.stat(KEY));
    assertThat(e.kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(e).hasMessageContaining("changes too often");
  }

  @Test
  void conditionThatAServerGetsWrongIsLeftOut() throws IOException {
    store.putOnce(KEY, Blobs.text("x"));
    server.on(
        x -> {
          x.getResponseHeaders().set("ETag", "\"1\"");
          if (x.getRequestHeaders().containsKey("If")) {
            x.getRequestBody().readAllBytes();
            FakeServer.status(x, 412);
            return true;
          }
          return false;
        });
    Tag tag = store.stat(KEY).orElseThrow().tag();
    store.swap(KEY, tag, Blobs.text("y"));
    assertThat(store.stat(KEY).orElseThrow().tag()).isNotEqualTo(tag);
  }

  @Test
  void redirectsAreNotFollowed() throws IOException {
    try (FakeServer other = FakeServer.start()) {
      server.answer("HEAD", 307, "Location", other.url() + "/a");
      StoreException e = refused(() -> store.stat(KEY));
      assertThat(e.kind()).isEqualTo(Kind.PERMANENT);
      assertThat(e).hasMessageContaining("leads to " + other.url());
      server.answer("MKCOL", 308, "Location", other.url() + "/a");
      assertThat(refused(() -> store.putOnce(KEY, Blobs.text("x"))).kind())
          .isEqualTo(Kind.PERMANENT);
      assertThat(other.requests()).isEmpty();
    }
  }

  @Test
  void serverWithoutFoldersIsRefusedWithTheWayOut() throws IOException {
    server.on(
        x -> {
          boolean other = "MKCOL PROPFIND MOVE".contains(x.getRequestMethod());
          if (other) {
            x.getRequestBody().readAllBytes();
            FakeServer.status(x, 405);
          }
          return other;
        });
    StoreException e = refused(() -> store.putOnce(KEY, Blobs.text("x")));
    assertThat(e.kind()).isEqualTo(Kind.PERMANENT);
    assertThat(e).hasMessageContaining("dav: false").hasMessageContaining("dav-ext");
    try (Store plain = DavStore.open(server.url(), settings().withTree(false))) {
      plain.putOnce(KEY, Blobs.text("x"));
      assertThat(server.has("/a")).isTrue();
      StoreException lists = refused(() -> plain.list(Optional.empty()));
      assertThat(lists.kind()).isEqualTo(Kind.PERMANENT);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!DOCTYPE x [<!ENTITY e 'aaaa'>]><multistatus xmlns='DAV:'><response><href>/r/&e;</href>"
            + "</response></multistatus>",
        "<!DOCTYPE x SYSTEM 'file:///etc/passwd'><multistatus xmlns='DAV:'/>",
        "<html><body>It works</body></html>",
        "<multistatus xmlns='DAV:'><response><href>/r/a",
        "not XML at all",
        "<multistatus xmlns='DAV:'><response><href><a/></href></response></multistatus>"
      })
  void hostileListsAreRefused(String text) {
    server.on(
        x -> {
          if (x.getRequestMethod().equals("PROPFIND")) {
            FakeServer.send(x, 207, text);
            return true;
          }
          return false;
        });
    StoreException e = refused(() -> store.list(Optional.empty()));
    assertThat(e.kind()).isEqualTo(Kind.PERMANENT);
  }

  @Test
  void namesThatLeadElsewhereAreLeftOut() throws IOException {
    String hrefs =
        "/r/good /r/ /r /r/%2e%2e /r/../x /r/a%2Fb /r/a/b /other/x http://evil.example/r/also-good "
            + "/r/%zz /r/%ff /r/a%0ab /r/%C3%A4 /r/.qrepo.lock /r/.qrepo-tmp-dav";
    StringBuilder text = new StringBuilder("<D:multistatus xmlns:D='DAV:'>");
    for (String href : hrefs.split(" ", -1)) {
      text.append("<D:response><D:href>").append(href).append("</D:href></D:response>");
    }
    server.on(
        x -> {
          if (x.getRequestMethod().equals("PROPFIND")) {
            FakeServer.send(x, 207, text + "</D:multistatus>");
            return true;
          }
          return false;
        });
    assertThat(store.list(Optional.empty()))
        .extracting(StoreKey::value)
        .containsExactly("also-good", "good", "ä");
  }

  @Test
  void nobodyThereIsTransientAndAnUnknownHostIsNot() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    try (Store nobody = open("http://localhost:" + port + "/r")) {
      StoreException e = refused(() -> nobody.stat(KEY));
      assertThat(e.kind()).isEqualTo(Kind.TRANSIENT);
      assertThat(e).hasMessageContaining("refused");
    }
    try (Store unknown = open("https://no-such-host.invalid/r")) {
      StoreException e = refused(() -> unknown.stat(KEY));
      assertThat(e.kind()).isEqualTo(Kind.PERMANENT);
      assertThat(e).hasMessageContaining("host name is not known");
    }
  }

  @Test
  void serverThatNeverSpeaksEndsInBoundedTime() throws IOException {
    try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Store there = impatient("http://127.0.0.1:" + mute.getLocalPort() + "/r")) {
      Instant begin = Instant.now();
      StoreException e =
          refused(() -> there.lock(new LockRequest(Duration.ZERO, java.util.List.of())));
      assertThat(e.kind()).isEqualTo(Kind.TRANSIENT);
      assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(6));
    }
  }

  @Test
  void credentialsGoOverPlainHttpToThisMachineAlone() throws IOException {
    try (Store clear = open("http://example.org/r")) {
      StoreException e = refused(() -> clear.stat(KEY));
      assertThat(e.kind()).isEqualTo(Kind.DENIED);
      assertThat(e).hasMessageContaining("only over https://");
      assertThat(e.getMessage()).doesNotContain(CREDENTIAL);
    }
  }

  private static Store open(String url) {
    return DavStore.open(url, settings());
  }

  /** One that waits as long as such tests take. */
  private static Store impatient(String url) {
    DavSettings settings = settings();
    Duration idle = Duration.ofMillis(700);
    return DavStore.open(
        url, settings.withWeb(settings.web().withTimeouts(Duration.ofSeconds(5), idle)));
  }

  private static DavSettings settings() {
    DavSettings standard = DavSettings.standard();
    return standard
        .withWeb(standard.web().withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(15)))
        .withCredentials((host, user) -> Optional.of(Authorization.bearer(CREDENTIAL, "the test")))
        .withLimits(new DavSettings.Limits(Duration.ofMinutes(10), Duration.ofMillis(50)));
  }

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
}
