package org.qrepo.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TreeServerTest {
  private static final String PACKAGE = "hello-1:2.3+4-1-any.pkg.tar.zst";

  @TempDir private Path temporary;
  private Path root;
  private TreeServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void start() throws IOException {
    root = Files.createDirectory(temporary.resolve("root"));
    Files.writeString(temporary.resolve("secret"), "secret");
    Path generation = Files.createDirectories(root.resolve("generations/0123456789abcdef"));
    Files.writeString(generation.resolve("t.db"), "0123456789");
    Files.setLastModifiedTime(
        generation.resolve("t.db"), FileTime.from(Instant.parse("2026-01-02T03:04:05.678Z")));
    Files.writeString(generation.resolve("t.db.sig"), "sig");
    Files.createSymbolicLink(root.resolve("current"), Path.of("generations/0123456789abcdef"));
    Files.createSymbolicLink(root.resolve("t.db"), Path.of("current/t.db"));
    Files.createSymbolicLink(root.resolve("t.db.sig"), Path.of("current/t.db.sig"));
    Files.createSymbolicLink(root.resolve("outside"), temporary.resolve("secret"));
    Files.createSymbolicLink(root.resolve("dangling"), Path.of("nothing"));
    Files.createSymbolicLink(root.resolve("up"), Path.of(".."));
    Files.createDirectory(root.resolve(".qrepo.lock"));
    Files.writeString(root.resolve(".qrepo.lock/owner"), "owner");
    Files.createSymbolicLink(root.resolve("hidden"), Path.of(".qrepo.lock/owner"));
    Files.writeString(root.resolve(PACKAGE), "package");
    Files.writeString(root.resolve("<b>&.json"), "{}");
    Files.createFile(root.resolve("empty"));
    server =
        TreeServer.start(
            root, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), false, (r, s) -> {});
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    return send("GET", path, headers);
  }

  private HttpResponse<String> send(String method, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** The status of a path that clients would tidy up before they send it. */
  private String raw(String path) throws IOException {
    URI url = URI.create(server.url());
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
          .readLine();
    }
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @Test
  void followsThePointer() throws Exception {
    HttpResponse<String> database = get("t.db");
    assertThat(database.statusCode()).isEqualTo(200);
    assertThat(database.body()).isEqualTo("0123456789");
    assertThat(header(database, "Last-Modified")).isEqualTo("Fri, 02 Jan 2026 03:04:05 GMT");
    assertThat(header(database, "Content-Type")).isEqualTo("application/octet-stream");
    assertThat(header(database, "Cache-Control")).isEqualTo("no-cache");
    assertThat(header(get("t.db.sig"), "Content-Type")).isEqualTo("application/pgp-signature");
  }

  @Test
  void packagesMayBeKeptForever() throws Exception {
    HttpResponse<String> response = get("hello-1:2.3+4-1-any.pkg.tar.zst");
    assertThat(response.body()).isEqualTo("package");
    assertThat(header(response, "Cache-Control")).isEqualTo("public, max-age=31536000, immutable");
    assertThat(get("hello-1%3A2.3%2B4-1-any.pkg.tar.zst").statusCode()).isEqualTo(200);
  }

  @Test
  void headHasNoBody() throws Exception {
    HttpResponse<String> response = send("HEAD", "t.db");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
    assertThat(header(response, "Content-Length")).isEqualTo("10");
  }

  @ParameterizedTest
  @CsvSource({
    "'Fri, 02 Jan 2026 03:04:05 GMT',304", "'Fri, 02 Jan 2026 03:04:06 GMT',304",
    "'Fri, 02 Jan 2026 03:04:04 GMT',200", "yesterday,200"
  })
  void sendsOnlyWhatIsNew(String since, int status) throws Exception {
    assertThat(get("t.db", "If-Modified-Since", since).statusCode()).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-,206,0123456789,bytes 0-9/10",
    "bytes=4-,206,456789,bytes 4-9/10",
    "bytes=4-5,206,45,bytes 4-5/10",
    "bytes=4-99,206,456789,bytes 4-9/10",
    "bytes=-3,206,789,bytes 7-9/10",
    "bytes=-99,206,0123456789,bytes 0-9/10",
    "bytes=10-,416,'',bytes */10",
    "bytes=5-4,416,'',bytes */10",
    "'bytes=0-1,3-4',200,0123456789,''",
    "bytes=-,200,0123456789,''",
    "lines=1-2,200,0123456789,''"
  })
  void ranges(String range, int status, String body, String contentRange) throws Exception {
    HttpResponse<String> response = get("t.db", "Range", range);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).isEqualTo(body);
    assertThat(header(response, "Content-Range")).isEqualTo(contentRange);
  }

  @Test
  void aRangeOfAnotherStateIsNotContinued() throws Exception {
    String same = "Fri, 02 Jan 2026 03:04:05 GMT";
    assertThat(get("t.db", "Range", "bytes=4-", "If-Range", same).statusCode()).isEqualTo(206);
    String older = "Fri, 02 Jan 2026 03:04:04 GMT";
    assertThat(get("t.db", "Range", "bytes=4-", "If-Range", older).statusCode()).isEqualTo(200);
    assertThat(get("t.db", "Range", "bytes=4-", "If-Range", "\"tag\"").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../secret",
        "/generations/../../secret",
        "/%2e%2e/secret",
        "/..%2fsecret",
        "/outside",
        "/up/secret",
        "/up/",
        "/dangling",
        "/.qrepo.lock/owner",
        "/.qrepo.lock/",
        "/hidden",
        "/nothing",
        "/t.db/",
        "//t.db",
        "/generations//0123456789abcdef/t.db",
        "/t.db%00.sig",
        "/t.db%0a"
      })
  void nothingElseIsThere(String path) throws Exception {
    assertThat(raw(path)).isEqualTo("HTTP/1.1 404 Not Found");
  }

  @Test
  void listsWhatIsThereAndNothingElse() throws Exception {
    HttpResponse<String> response = get("");
    assertThat(header(response, "Content-Type")).isEqualTo("text/html; charset=utf-8");
    assertThat(response.body())
        .contains("href=\"./t.db\"", "href=\"./generations/\"", "href=\"./" + PACKAGE + "\"")
        .contains("<a href=\"./%3Cb%3E&amp;.json\">&lt;b&gt;&amp;.json</a>")
        .doesNotContain("<b>", "outside", "dangling", "hidden", ".qrepo", "\"./up");
  }

  @Test
  void directoriesHaveASlash() throws Exception {
    HttpResponse<String> response = get("generations");
    assertThat(response.statusCode()).isEqualTo(301);
    assertThat(header(response, "Location")).isEqualTo("/generations/");
    assertThat(get("generations/").body()).contains("../", "0123456789abcdef/");
  }

  @Test
  void anEmptyFileIsAnAnswer() throws Exception {
    HttpResponse<String> response = get("empty");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
    assertThat(get("empty", "Range", "bytes=0-").statusCode()).isEqualTo(416);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "POST", "DELETE", "OPTIONS"})
  void nothingCanBeWritten(String method) throws Exception {
    HttpResponse<String> response = send(method, "t.db");
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(header(response, "Allow")).isEqualTo("GET, HEAD");
  }

  @Test
  void aFileThatChangesWhileItIsServedIsFollowed() throws Exception {
    Path next = Files.createDirectories(root.resolve("generations/fedcba9876543210"));
    Files.writeString(next.resolve("t.db"), "next");
    Files.createSymbolicLink(root.resolve("new"), Path.of("generations/fedcba9876543210"));
    Files.move(
        root.resolve("new"), root.resolve("current"), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    assertThat(get("t.db").body()).isEqualTo("next");
  }
}
