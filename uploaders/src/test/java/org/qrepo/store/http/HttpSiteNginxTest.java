package org.qrepo.store.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.publish.PublicSite;
import org.qrepo.store.Blobs;
import org.qrepo.store.Programs;

/** Against a real nginx. */
@Timeout(60)
class HttpSiteNginxTest {
  private static final String DIRECTIVES =
      """
      location = /repo/gone { return 410; }
      location = /repo/denied { deny all; }
      location = /repo/broken { return 500; }
      location = /repo/busy { return 503; }
      location = /repo/nothing { return 204; }
      location = /repo/q.db { return 302 generations/1/q.db; }
      location = /repo/root.db { return 301 /repo/generations/1/q.db; }
      location = /repo/loop { return 307 /repo/loop; }
      location ~ ^/repo/hop/10$ { return 200 ten; }
      location ~ ^/repo/hop/11$ { return 302 /repo/hop/10; }
      rewrite ^/repo/hop/(\\d)$ /repo/hop/1$1 redirect;
      location = /repo/elsewhere { return 302 http://localhost:$server_port/repo/a; }
      location = /repo/file { return 302 file:///etc/passwd; }
      location = /repo/unwritten { return 302 "http://a b/"; }
      location /closed/ {
        auth_basic closed;
        auth_basic_user_file ../users;
      }
      location = /closed/out { return 302 http://localhost:$server_port/repo/a; }
      location = /closed/in { return 302 /closed/a; }
      """;

  @TempDir static Path temporary;
  private static Nginx nginx;

  @BeforeAll
  static void start() throws Exception {
    nginx =
        Nginx.start(
            temporary.resolve("nginx"), "", DIRECTIVES.replace("../users", temporary + "/users"));
    Files.writeString(temporary.resolve("users"), "me:{PLAIN}pä+ss@\n");
    for (String folder : List.of("repo/generations/1", "closed")) {
      Files.createDirectories(nginx.documents().resolve(folder));
    }
    Files.writeString(nginx.documents().resolve("repo/a"), "x".repeat(1000));
    Files.writeString(nginx.documents().resolve("closed/a"), "closed");
    Files.writeString(nginx.documents().resolve("repo/generations/1/q.db"), "database");
  }

  @AfterAll
  static void stop() throws Exception {
    if (nginx != null) {
      nginx.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "p-1:2.3-1-any.pkg.tar.zst, p-1:2.3-1-any.pkg.tar.zst",
    "gtk+-1-1-any.pkg.tar.zst, gtk+-1-1-any.pkg.tar.zst",
    "enc%2Boded, enc+oded",
    "a~b@c=d, a~b@c=d",
    "grün, grün"
  })
  void pathGoesRaw(String path, String file) throws IOException {
    Files.writeString(nginx.documents().resolve("repo").resolve(file), path);
    assertThat(text(nginx.url() + "/repo", path)).isEqualTo(path);
    assertThat(nginx.requests())
        .last()
        .asString()
        .startsWith("HTTP/1.1 /repo/" + path.replace("ü", "%C3%BC") + " ");
  }

  @Test
  void slashAtTheEndDoesNotCount() throws IOException {
    assertThat(text(nginx.url() + "/repo/", "a")).hasSize(1000);
    assertThat(nginx.requests()).last().asString().startsWith("HTTP/1.1 /repo/a ");
  }

  @Test
  void requestSaysNoMoreThanItMust() throws IOException {
    assertThat(text(nginx.url() + "/repo", "a")).hasSize(1000);
    assertThat(nginx.requests())
        .last()
        .isEqualTo("HTTP/1.1 /repo/a agent=qrepo encodings=- cookie=- authorization=- upgrade=-");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "none/none", "gone"})
  void absentIsEmpty(String path) throws IOException {
    try (PublicSite site = site("/repo")) {
      assertThat(site.fetch(path)).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "denied, 403, not allowed",
    "broken, 500, error log",
    "busy, 503, busy",
    "nothing, 204, nothing but 200"
  })
  void otherAnswersAreErrors(String path, int status, String words) throws IOException {
    try (PublicSite site = site("/repo")) {
      assertThatThrownBy(() -> site.fetch(path))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(nginx.url() + "/repo/" + path + " answers " + status + ": ")
          .hasMessageContaining(words);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"q.db", "root.db"})
  void lastAddressOfARedirectIsTold(String path) throws IOException {
    try (PublicSite site = site("/repo");
        PublicSite.Fetched fetched = site.fetch(path).orElseThrow()) {
      assertThat(fetched.location()).isEqualTo(nginx.url() + "/repo/generations/1/q.db");
      assertThat(fetched.stream()).hasContent("database");
    }
  }

  @Test
  void tenRedirectsAreFollowedAndNoMore() throws IOException {
    assertThat(text(nginx.url() + "/repo", "hop/0")).isEqualTo("ten");
    try (PublicSite site = site("/repo")) {
      int before = nginx.requests().size();
      assertThatThrownBy(() -> site.fetch("loop"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("more than 10 redirects");
      assertThat(nginx.requests()).hasSize(before + 11);
    }
  }

  @ParameterizedTest
  @CsvSource({"file, which is no web server", "unwritten, no URL"})
  void redirectsThatClientsCannotFollowAreErrors(String path, String words) throws IOException {
    try (PublicSite site = site("/repo")) {
      assertThatThrownBy(() -> site.fetch(path))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(words);
    }
  }

  @Test
  void credentialsOfTheUrlAreSentToTheirServerOnly() throws IOException {
    String closed = nginx.url().replace("//", "//me:p%C3%A4+ss%40@") + "/closed";
    try (PublicSite site = new HttpSite(closed, HttpSettings.standard())) {
      assertThat(site.location()).isEqualTo(nginx.url() + "/closed");
      assertThat(site.toString()).doesNotContain("me:");
      for (String path : List.of("a", "in")) {
        try (PublicSite.Fetched fetched = site.fetch(path).orElseThrow()) {
          assertThat(fetched.stream()).hasContent("closed");
          assertThat(fetched.location()).isEqualTo(nginx.url() + "/closed/a");
        }
      }
      try (PublicSite.Fetched fetched = site.fetch("out").orElseThrow()) {
        assertThat(fetched.location()).startsWith("http://localhost:");
      }
    }
    List<String> requests = nginx.requests();
    assertThat(requests.get(requests.size() - 2)).contains("/closed/out ", "authorization=Basic ");
    assertThat(requests).last().asString().contains("/repo/a ", "authorization=- ");
    try (PublicSite site = site("/closed")) {
      assertThatThrownBy(() -> site.fetch("a")).hasMessageContaining("answers 401");
    }
  }

  @Test
  void linksAreFollowedByTheServer() throws IOException {
    Path repo = nginx.documents().resolve("repo");
    Files.createSymbolicLink(repo.resolve("current"), Path.of("generations/1"));
    assertThat(text(nginx.url() + "/repo", "current/q.db")).isEqualTo("database");
  }

  @Test
  void bigObjectIsStreamed() throws IOException {
    Blob blob = Blobs.generated(60_000_000, 5);
    Path file = nginx.documents().resolve("repo/big");
    try (InputStream in = blob.open()) {
      Files.copy(in, file);
    }
    try (PublicSite site = site("/repo");
        PublicSite.Fetched fetched = site.fetch("big").orElseThrow()) {
      assertThat(Digests.of(fetched.stream(), Set.of()).sha256()).isEqualTo(blob.sha256());
    }
    Files.delete(file);
  }

  @Test
  void streamMayBeLeftUnread() throws IOException {
    try (PublicSite site = site("/repo")) {
      for (int i = 0; i < 20; i++) {
        site.fetch("a").orElseThrow().close();
      }
      assertThat(site.fetch("a")).isPresent();
    }
  }

  @Test
  void certificateThatNobodyKnowsIsRefusedUnlessConfigured() throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("tls"));
    Programs.Outcome made =
        Programs.run(
            List.of(
                Programs.need("openssl"),
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-keyout",
                folder + "/key",
                "-out",
                folder + "/cert",
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost"));
    assertThat(made.status()).as(made.output()).isZero();
    String directives =
        "ssl_certificate " + folder + "/cert; ssl_certificate_key " + folder + "/key;";
    try (Nginx tls = Nginx.start(folder.resolve("nginx"), "ssl", directives)) {
      Files.writeString(tls.documents().resolve("a"), "secure");
      String server = "https://localhost:" + tls.port();
      try (PublicSite site = new HttpSite(server, HttpSettings.standard())) {
        assertThatThrownBy(() -> site.fetch("a"))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("cannot fetch " + server + "/a: the TLS connection failed");
      }
      HttpSettings trusting = HttpSettings.standard().withTls(trust(folder.resolve("cert")));
      try (PublicSite site = new HttpSite(server, trusting);
          PublicSite.Fetched fetched = site.fetch("a").orElseThrow()) {
        assertThat(fetched.stream()).hasContent("secure");
      }
      String wrongName = "https://127.0.0.1:" + tls.port();
      try (PublicSite site = new HttpSite(wrongName, trusting)) {
        assertThatThrownBy(() -> site.fetch("a")).hasMessageContaining("TLS connection failed");
      }
    }
  }

  private static SSLContext trust(Path certificate) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(certificate)) {
      store.setCertificateEntry(
          "own", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  private static PublicSite site(String path) {
    return new HttpSite(nginx.url() + path, HttpSettings.standard());
  }

  private static String text(String server, String path) throws IOException {
    try (PublicSite site = new HttpSite(server, HttpSettings.standard());
        PublicSite.Fetched fetched = site.fetch(path).orElseThrow()) {
      return new String(fetched.stream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
