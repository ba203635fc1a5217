package org.qrepo.store.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.publish.PublicSite;
import org.qrepo.store.TargetException;

/** Against servers that misbehave as no real one does on demand. */
@Timeout(60)
class HttpSiteFaultsTest {
  private static final HttpSettings IMPATIENT =
      HttpSettings.standard().withTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(2));

  private final CountDownLatch end = new CountDownLatch(1);
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();
  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void stop() throws IOException {
    end.countDown();
    server.close();
  }

  @Test
  void serverThatNeverAnswersIsGivenUp() throws IOException {
    answer(out -> end.await());
    try (PublicSite site = site()) {
      assertTimely(() -> site.fetch("a"), "no answer within 2000 ms");
    }
  }

  @Test
  void serverThatStopsWithinTheBodyIsGivenUp() throws IOException {
    answer(
        out -> {
          write(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc");
          end.await();
        });
    try (PublicSite site = site();
        PublicSite.Fetched fetched = site.fetch("a").orElseThrow()) {
      assertThat(fetched.stream().readNBytes(3)).hasSize(3);
      assertTimely(() -> fetched.stream().read(), "the server sent nothing for 2000 ms");
    }
  }

  @Test
  void slowServerThatGoesOnIsRead() throws IOException {
    answer(
        out -> {
          write(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
          for (int i = 0; i < 10; i++) {
            Thread.sleep(300);
            write(out, "x");
          }
        });
    try (PublicSite site = site();
        PublicSite.Fetched fetched = site.fetch("a").orElseThrow()) {
      assertThat(fetched.stream().readAllBytes()).hasSize(10);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nabc"
      })
  void truncatedBodyIsAnError(String text) throws IOException {
    answer(out -> write(out, text));
    try (PublicSite site = site();
        PublicSite.Fetched fetched = site.fetch("a").orElseThrow()) {
      assertThatThrownBy(() -> fetched.stream().readAllBytes())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("/a: the answer broke off: ");
    }
  }

  @Test
  void chunkedBodyIsRead() throws IOException {
    answer(
        out ->
            write(
                out,
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
    try (PublicSite site = site();
        PublicSite.Fetched fetched = site.fetch("a").orElseThrow()) {
      assertThat(fetched.stream()).hasContent("abcde");
      assertThat(fetched.stream().read()).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "garbage\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon"})
  void answerThatIsNoHttpIsAnError(String text) throws IOException {
    answer(out -> write(out, text));
    try (PublicSite site = site()) {
      assertThatThrownBy(() -> site.fetch("a"))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("cannot fetch http://127.0.0.1:");
    }
  }

  @Test
  void connectionThatIsResetIsAnError() throws IOException {
    Thread thread =
        new Thread(
            () -> {
              while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                  socket.setSoLinger(true, 0);
                } catch (IOException e) {
                  return;
                }
              }
            });
    thread.setDaemon(true);
    thread.start();
    try (PublicSite site = site()) {
      assertThatThrownBy(() -> site.fetch("a"))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("cannot fetch ");
    }
  }

  @Test
  void redirectToNowhereIsAnError() throws IOException {
    answer(out -> write(out, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"));
    try (PublicSite site = site()) {
      assertThatThrownBy(() -> site.fetch("a")).hasMessageContaining("redirects to nowhere");
    }
  }

  @Test
  void refusedConnectionIsAnError() throws IOException {
    server.close();
    try (PublicSite site = site()) {
      assertThatThrownBy(() -> site.fetch("a"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no connection: refused or not reachable");
    }
  }

  @Test
  void unknownHostIsAnError() throws IOException {
    try (PublicSite site = new HttpSite("http://nowhere.invalid", IMPATIENT)) {
      assertThatThrownBy(() -> site.fetch("a"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("the host name is not known");
    }
  }

  @Test
  void encodedAnswerIsTakenAsItIs() throws IOException {
    answer(
        out ->
            write(
                out, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nraw"));
    try (PublicSite site = site();
        PublicSite.Fetched fetched = site.fetch("a").orElseThrow()) {
      assertThat(fetched.stream()).hasContent("raw");
    }
  }

  @Test
  void proxyIsAskedForTheWholeAddress() throws IOException {
    answer(out -> write(out, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"));
    Proxies proxies = Proxies.parse("127.0.0.1:" + server.getLocalPort(), "", "direct.invalid");
    HttpSettings settings = IMPATIENT.withProxies(proxies);
    try (PublicSite site = new HttpSite("http://far.invalid/repo", settings);
        PublicSite.Fetched fetched = site.fetch("q.db").orElseThrow()) {
      assertThat(fetched.stream()).hasContent("abc");
    }
    assertThat(requests).containsExactly("GET http://far.invalid/repo/q.db HTTP/1.1");
    try (PublicSite site = new HttpSite("http://direct.invalid/repo", settings)) {
      assertThatThrownBy(() -> site.fetch("q.db")).hasMessageContaining("not known");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://a.example.org/x, true",
    "https://a.example.org/x, false",
    "http://example.com/x, false",
    "http://mirror.example.com/x, false",
    "http://notexample.com/x, true",
    "http://EXAMPLE.COM/x, false",
    "http://localhost:8080/x, false"
  })
  void proxyIsChosen(String url, boolean proxied) {
    Proxies proxies = Proxies.parse("http://proxy:3128", "", "localhost, .example.com");
    assertThat(proxies.choose(java.net.URI.create(url)).isPresent()).isEqualTo(proxied);
  }

  @Test
  void noProxyForAll() {
    Proxies proxies = Proxies.parse("http://proxy", "http://proxy", "*");
    assertThat(proxies.choose(java.net.URI.create("http://a/"))).isEmpty();
    assertThat(Proxies.parse("proxy", "", "").choose(java.net.URI.create("http://a/")))
        .hasValueSatisfying(address -> assertThat(address.getPort()).isEqualTo(1080));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"socks5://proxy:1", "http://", "http://me:secret@proxy:3128", "http://a b"})
  void proxiesThatCannotBeUsedAreRefused(String proxy) {
    for (List<String> both : List.of(List.of(proxy, ""), List.of("", proxy))) {
      assertThatThrownBy(() -> Proxies.parse(both.get(0), both.get(1), ""))
          .isInstanceOf(TargetException.class)
          .hasMessageNotContaining("secret");
    }
  }

  /** What the server does with a connection after it has read the request. */
  @FunctionalInterface
  private interface Answer {
    void to(OutputStream out) throws IOException, InterruptedException;
  }

  private void answer(Answer answer) {
    Thread thread =
        new Thread(
            () -> {
              while (!server.isClosed()) {
                try (Socket socket = server.accept();
                    InputStream in = socket.getInputStream();
                    OutputStream out = socket.getOutputStream()) {
                  readRequest(in);
                  answer.to(out);
                } catch (IOException | InterruptedException e) {
                  // The next connection comes.
                }
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private void readRequest(InputStream in) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1));
    String first = lines.readLine();
    for (String line = first; line != null && !line.isEmpty(); ) {
      line = lines.readLine();
    }
    if (first != null) {
      requests.add(first);
    }
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private PublicSite site() {
    return new HttpSite("http://127.0.0.1:" + server.getLocalPort(), IMPATIENT);
  }

  private static void assertTimely(Fetch fetch, String words) {
    long begin = System.nanoTime();
    assertThatThrownBy(fetch::run).isInstanceOf(IOException.class).hasMessageContaining(words);
    assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(30));
  }

  /** What must throw. */
  @FunctionalInterface
  private interface Fetch {
    void run() throws IOException;
  }
}
