package org.qrepo.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A tree with two repositories in the pointer layout and one in the plain layout. */
class RedirectTest {
  private static final String FIRST = "0123456789abcdef";
  private static final String SECOND = "fedcba9876543210";

  @TempDir private Path root;
  private final HttpClient client = HttpClient.newHttpClient();
  private TreeServer server = start(Path.of("."));

  @BeforeEach
  void prepare() throws IOException {
    repository(root, "t");
    repository(root.resolve("deeper/one"), "a+b@c");
    Path plain = Files.createDirectory(root.resolve("plain"));
    Files.writeString(plain.resolve("p.db"), "plain");
    server.close();
    server = start(root);
  }

  private static TreeServer start(Path root) {
    try {
      InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      return TreeServer.start(root, any, true, (request, status) -> {});
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void repository(Path folder, String name) throws IOException {
    for (String id : new String[] {FIRST, SECOND}) {
      Path generation = Files.createDirectories(folder.resolve("generations").resolve(id));
      Files.writeString(generation.resolve(name + ".db"), "database " + id);
      Files.writeString(generation.resolve(name + ".db.sig"), "signature " + id);
      Files.writeString(generation.resolve(name + ".files"), "files " + id);
    }
    point(folder, FIRST);
    for (String suffix : new String[] {"db", "db.sig", "files"}) {
      Path target = Path.of("current", name + "." + suffix);
      Files.createSymbolicLink(folder.resolve(name + "." + suffix), target);
    }
    Files.createSymbolicLink(folder.resolve(name + ".db.tar.gz"), Path.of("current", name + ".db"));
    Files.createSymbolicLink(
        folder.resolve(name + ".files.tar.zst"), Path.of("current", name + ".files"));
    Files.createSymbolicLink(folder.resolve("other.db"), Path.of("current", name + ".db"));
  }

  private static void point(Path folder, String id) throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("next"), Path.of("generations", id));
    Files.move(link, folder.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI uri = URI.create(server.url()).resolve(path);
    return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @ParameterizedTest
  @CsvSource({
    "t.db, t.db",
    "t.files, t.files",
    "t.db.tar.gz, t.db",
    "t.files.tar.zst, t.files",
    "deeper/one/a+b@c.db, a+b@c.db",
    "deeper/one/a%2Bb%40c.db.tar.gz, a+b@c.db"
  })
  void databasesLeadToTheirGeneration(String path, String name) throws Exception {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).isEqualTo(302);
    assertThat(header(response, "Location")).isEqualTo("generations/" + FIRST + "/" + name);
    assertThat(header(response, "Cache-Control")).isEqualTo("no-cache");
    String there = URI.create(path).resolve(header(response, "Location")).toString();
    HttpResponse<String> database = get(there);
    assertThat(database.statusCode()).isEqualTo(200);
    assertThat(database.body()).endsWith(FIRST);
    assertThat(header(database, "Cache-Control")).isEqualTo("public, max-age=31536000, immutable");
  }

  @Test
  void theGenerationIsThatOfTheRequest() throws Exception {
    point(root, SECOND);
    HttpResponse<String> response = get("t.db");
    assertThat(header(response, "Location")).isEqualTo("generations/" + SECOND + "/t.db");
    HttpResponse<String> signature = get(header(response, "Location") + ".sig");
    point(root, FIRST);
    assertThat(signature.body()).isEqualTo("signature " + SECOND);
    assertThat(header(signature, "Cache-Control")).contains("immutable");
  }

  /** Signatures for clients that do not follow, what is no name of a database, other layouts. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "t.db.sig",
        "current/t.db",
        "generations/" + FIRST + "/t.db",
        "other.db",
        "plain/p.db"
      })
  void everythingElseIsAnsweredItself(String path) throws Exception {
    assertThat(get(path).statusCode()).isEqualTo(200);
  }

  @Test
  void whatIsAnsweredThroughThePointerIsAskedForAgain() throws Exception {
    assertThat(header(get("t.db.sig"), "Cache-Control")).isEqualTo("no-cache");
    assertThat(header(get("current/t.db"), "Cache-Control")).isEqualTo("no-cache");
  }

  @Test
  void aPointerThatLeadsNowhereIsNotFollowed() throws Exception {
    point(root, "0000000000000000");
    assertThat(get("t.db").statusCode()).isEqualTo(404);
  }
}
