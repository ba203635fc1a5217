package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.alpm.SamplePackage;

/**
 * Web servers that redirect a database to its generation, set up with nothing but what qrepo
 * prints: what they answer, and that a real pacman, which demands signatures, lives with it.
 */
class RedirectIT {
  private static final String FOREVER = "public, max-age=31536000, immutable";

  private final Scratch scratch = new Scratch();
  private final HttpClient http =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
  private Path packages = scratch.path();

  @BeforeEach
  void prepare() {
    packages = scratch.folder("packages");
  }

  @AfterEach
  void tidy() {
    scratch.close();
  }

  @ParameterizedTest
  @EnumSource(value = Web.Kind.class, names = "NGINX_ALONE", mode = Mode.EXCLUDE)
  void clientsThatKeepTheirDatabaseSeeEveryPublish(Web.Kind kind) {
    try (Publisher publisher = new Publisher(scratch, "redirect")) {
      publisher.publish(hello(1), other()).expectSuccess();
      try (Web web = start(kind, publisher);
          PacmanClient client = publisher.client(web.url())) {
        client.sync().expectSuccess();
        client.install("hello", "libq++").expectSuccess();
        for (int release = 2; release <= 4; release++) {
          publisher.publish(hello(release)).expectSuccess();
          client.upgrade().expectSuccess();
          client.syncFiles().expectSuccess();
          assertThat(client.installed())
              .containsExactly("hello 1.0-" + release, "libq++ 1:2.0+x-1");
          assertThat(client.files("hello")).contains("usr/share/hello/" + release);
        }
      }
    }
  }

  /** pacman asks for the database again only if it is newer, also behind the redirect. */
  @Test
  void aClientThatIsUpToDateFetchesNothing() {
    try (Publisher publisher = new Publisher(scratch, "redirect")) {
      publisher.publish(hello(1)).expectSuccess();
      String text = Web.snippet(publisher.qrepo(), "nginx", publisher.tree(), Publisher.NAME);
      try (Nginx nginx = Nginx.start(scratch.path().resolve("w"), text);
          PacmanClient client = publisher.client(nginx.url() + Web.PATH)) {
        client.sync().expectSuccess();
        int before = nginx.requests().size();
        client.sync().expectSuccess();
        List<String> again = nginx.requests();
        assertThat(again.subList(before, again.size()))
            .hasSizeGreaterThanOrEqualTo(2)
            .allMatch(line -> line.matches("(302|304) GET .*"))
            .anyMatch(line -> line.matches("304 GET .*/generations/[0-9a-f]{16}/t[.]db"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.qrepo.it.Web$Kind#configured")
  void answersAreWhatClientsAndCachesWant(Web.Kind kind) throws Exception {
    try (Publisher publisher = new Publisher(scratch, "redirect")) {
      publisher.publish(hello(1), other()).expectSuccess();
      Path tree = publisher.tree();
      String live = Files.readSymbolicLink(tree.resolve("current")).toString();
      Files.writeString(Files.createDirectories(tree.resolve(".hidden")).resolve("file"), "x");
      try (Web web = start(kind, publisher)) {
        for (String name : List.of("t.db", "t.files")) {
          redirects(web, name, live + "/" + name);
          redirects(web, name + ".tar.gz", live + "/" + name);
          for (String suffix : List.of("", ".sig")) {
            HttpResponse<byte[]> part = get(web, live + "/" + name + suffix);
            assertThat(part.statusCode()).isEqualTo(200);
            assertThat(part.body()).isEqualTo(Files.readAllBytes(tree.resolve(name + suffix)));
            assertThat(header(part, "Cache-Control")).isEqualTo(FOREVER);
            assertThat(header(part, "Last-Modified")).isNotEmpty();
          }
          HttpResponse<byte[]> signature = get(web, name + ".sig");
          assertThat(signature.statusCode()).isEqualTo(200);
          assertThat(signature.body()).isEqualTo(Files.readAllBytes(tree.resolve(name + ".sig")));
          assertThat(header(signature, "Cache-Control")).isEqualTo("no-cache");
          assertThat(header(signature, "Content-Type")).isEqualTo("application/pgp-signature");
        }
        packages(web, tree);
        assertThat(get(web, ".hidden/file").statusCode()).isEqualTo(404);
        HttpResponse<byte[]> missing = get(web, "none-1-1-any.pkg.tar.zst");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(header(missing, "Cache-Control")).doesNotContain("max-age");
      }
    }
  }

  /** The one line of {@code .htaccess} moves with the pointer, and goes when it is not wanted. */
  @Test
  void htaccessLeadsToTheLiveGeneration() throws Exception {
    try (Publisher publisher = new Publisher(scratch, "redirect")) {
      Path tree = publisher.tree();
      for (int release = 1; release <= 2; release++) {
        publisher.publish(hello(release)).expectSuccess();
        String live = Files.readSymbolicLink(tree.resolve("current")).toString();
        try (Web web = start(Web.Kind.HTACCESS, publisher)) {
          for (String name : List.of("t.db", "t.files", "t.db.tar.gz", "t.files.tar.gz")) {
            HttpResponse<byte[]> response = get(web, name);
            assertThat(response.statusCode()).isEqualTo(302);
            assertThat(response.uri().resolve(header(response, "Location")))
                .isEqualTo(URI.create(web.url() + "/" + live + "/" + name.replace(".tar.gz", "")));
          }
          for (String name : List.of(live + "/t.db", live + "/t.db.sig", "t.db.sig")) {
            assertThat(get(web, name).statusCode()).as(name).isEqualTo(200);
          }
        }
      }
      assertThat(Files.readString(tree.resolve(".htaccess"))).hasLineCount(1);
      publisher.publishing(List.of(hello(3))).with("--layout", "pointer").run().expectSuccess();
      assertThat(tree.resolve(".htaccess")).doesNotExist();
    }
  }

  private void packages(Web web, Path tree) throws Exception {
    String file = "libq++-1:2.0+x-1-any.pkg.tar.zst";
    for (String path : List.of(file, file.replace("+", "%2B").replace(":", "%3A"))) {
      HttpResponse<byte[]> response = get(web, path);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEqualTo(Files.readAllBytes(tree.resolve(file)));
      assertThat(header(response, "Cache-Control")).isEqualTo(FOREVER);
      assertThat(header(response, "Content-Type")).isEqualTo("application/octet-stream");
      assertThat(header(response, "Content-Encoding")).isEmpty();
    }
    HttpResponse<byte[]> signature = get(web, file + ".sig");
    assertThat(signature.statusCode()).isEqualTo(200);
    assertThat(header(signature, "Cache-Control")).isEqualTo("no-cache");
    assertThat(header(signature, "Content-Type")).isEqualTo("application/pgp-signature");
  }

  private void redirects(Web web, String name, String place) throws Exception {
    HttpResponse<byte[]> response = get(web, name);
    assertThat(response.statusCode()).isEqualTo(302);
    assertThat(response.uri().resolve(header(response, "Location")))
        .isEqualTo(URI.create(web.url() + "/" + place));
    assertThat(header(response, "Cache-Control")).isEqualTo("no-cache");
    HttpResponse<byte[]> database = get(web, place);
    assertThat(header(database, "Content-Type")).isEqualTo("application/octet-stream");
    assertThat(header(database, "Content-Encoding")).isEmpty();
  }

  /** Nothing to redirect to: the databases are answered themselves. */
  @ParameterizedTest
  @MethodSource("org.qrepo.it.Web$Kind#configured")
  void thePlainLayoutIsServedToo(Web.Kind kind) throws Exception {
    try (Publisher publisher = new Publisher(scratch, "plain")) {
      publisher.publish(hello(1)).expectSuccess();
      try (Web web = start(kind, publisher);
          PacmanClient client = publisher.client(web.url())) {
        assertThat(get(web, "t.db").statusCode()).isEqualTo(200);
        assertThat(header(get(web, "t.db"), "Cache-Control")).isEqualTo("no-cache");
        client.sync().expectSuccess();
        publisher.publish(hello(2)).expectSuccess();
        client.upgrade().expectSuccess();
        client.install("hello").expectSuccess();
        assertThat(client.installed()).containsExactly("hello 1.0-2");
      }
    }
  }

  private Web start(Web.Kind kind, Publisher publisher) {
    return Web.start(
        kind, publisher.qrepo(), scratch.path().resolve("w"), publisher.tree(), Publisher.NAME);
  }

  private HttpResponse<byte[]> get(Web web, String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(web.url() + "/" + path))
            .header("Accept-Encoding", "gzip, br")
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  private Path hello(int release) {
    return SamplePackage.of("hello", "1.0-" + release)
        .file("usr/share/hello/" + release, "hello\n")
        .writeTo(packages);
  }

  private Path other() {
    return SamplePackage.of("libq++", "1:2.0+x-1").file("usr/share/q", "q\n").writeTo(packages);
  }
}
