package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.cli.Json;

/** A publish looks at itself through the web server that clients use, and says what it saw. */
class StrangerCheckIT {
  private static final String NOT_FOR_CLIENTS =
      "==> Published, but the check as a stranger failed: clients may not get it.";

  private final Scratch scratch = new Scratch();
  private Publisher publisher = new Publisher(scratch, "pointer");

  @BeforeEach
  void publishFirst() {
    publisher.publish(hello("1.0-1")).expectSuccess();
  }

  @AfterEach
  void tidy() {
    publisher.close();
    scratch.close();
  }

  private Path hello(String version) {
    return SamplePackage.of("hello", version)
        .file("usr/share/hello", version)
        .writeTo(scratch.folder("packages"));
  }

  private Path odd() {
    return SamplePackage.of("libq++", "1:2.0+x-1")
        .file("usr/share/libq", "odd")
        .writeTo(scratch.folder("packages"));
  }

  private Nginx serve(Path root) {
    return Nginx.serve(scratch.path().resolve("n"), root);
  }

  private Command publishing(String server, Path... packages) {
    return publisher.publishing(List.of(packages)).with("--server", server);
  }

  private Json lastReceipt() {
    try (Stream<Path> files = Files.list(scratch.path().resolve("home/state/qrepo/receipts"))) {
      return files
          .map(StrangerCheckIT::json)
          .max(java.util.Comparator.comparing(r -> r.number("seq")))
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Json json(Path file) {
    try {
      return Json.of(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pointer", "plain"})
  void whatClientsGetIsFetchedAndCompared(String layout) {
    publisher.close();
    try (Scratch own = new Scratch();
        Publisher other = new Publisher(own, layout)) {
      Path first = hello("1.0-1");
      other.publish(first).expectSuccess();
      try (Nginx nginx = serve(other.tree())) {
        Command.Output output =
            other
                .publishing(List.of(hello("1.0-2"), odd()))
                .with("--server", nginx.url())
                .run()
                .expectSuccess();
        assertThat(output.err())
            .contains("==> Checking as a stranger at " + nginx.url())
            .contains("database and signature match; 2 packages reachable, digests match")
            .contains("==> Published. Clients now see hello 1.0-2 and libq++ 1:2.0+x-1");
        assertThat(nginx.requests())
            .contains("200 GET /t.db", "200 GET /t.db.sig", "200 GET /t.files")
            .anyMatch(r -> r.startsWith("200 GET /libq") && r.contains("2.0") && r.endsWith("zst"))
            .noneMatch(r -> r.startsWith("404"))
            .noneMatch(r -> r.endsWith("hello-1.0-1-any.pkg.tar.zst"));
      }
    }
  }

  @Test
  void packagesWithColonAndPlusAreFetchedByPacmanToo() {
    try (Nginx nginx = serve(publisher.tree())) {
      publishing(nginx.url(), odd()).run().expectSuccess();
      try (PacmanClient client = publisher.client(nginx.url())) {
        client.sync().expectSuccess();
        client.install("libq++").expectSuccess();
        assertThat(client.installed()).containsExactly("libq++ 1:2.0+x-1");
      }
      publisher.qrepo().run("verify", "web", "--server", nginx.url(), "--deep").expectSuccess();
    }
  }

  @Test
  void deepFetchesEveryPackage() {
    try (Nginx nginx = serve(publisher.tree())) {
      publishing(nginx.url(), odd()).with("--deep").run().expectSuccess();
      assertThat(nginx.requests()).contains("200 GET /hello-1.0-1-any.pkg.tar.zst");
    }
  }

  @Test
  void aServerOfAnotherDirectoryIsFound() {
    try (Nginx nginx = serve(scratch.folder("elsewhere"))) {
      Json receipt = unconfirmed(nginx.url(), "public-missing");
      assertThat(receipt.object("check").each("findings", "subject")).containsExactly("t.db");
    }
  }

  @Test
  void aServerOfAnOldCopyIsFound() {
    try (Nginx nginx = serve(publisher.copyOfTree("old"))) {
      Json receipt = unconfirmed(nginx.url(), "public-stale");
      assertThat(receipt.object("check").each("findings", "details").toString())
          .contains("A cache in front may keep databases too long");
    }
  }

  @Test
  void aServerWithoutSignaturesIsFound() throws IOException {
    Path mirror = mirror();
    Files.delete(mirror.resolve("t.db.sig"));
    try (Nginx nginx = serve(mirror)) {
      Json receipt = unconfirmed(nginx.url(), "public-missing");
      assertThat(receipt.object("check").each("findings", "subject")).containsExactly("t.db.sig");
    }
  }

  @Test
  void aServerThatAnswersWithWebPagesIsFound() throws IOException {
    Path pages = scratch.folder("pages");
    String page = "<!DOCTYPE html><html><body>It works!</body></html>\n";
    Files.writeString(pages.resolve("t.db"), page);
    Files.writeString(pages.resolve("t.db.sig"), page);
    try (Nginx nginx = serve(pages)) {
      unconfirmed(nginx.url(), "public-html");
    }
  }

  @Test
  void aServerWithOtherBytesOfAPackageIsFound() throws IOException {
    Path mirror = mirror();
    Files.delete(mirror.resolve("hello-1.0-2-any.pkg.tar.zst"));
    Files.writeString(mirror.resolve("hello-1.0-2-any.pkg.tar.zst"), "other bytes");
    try (Nginx nginx = serve(mirror)) {
      unconfirmed(nginx.url(), "public-corrupted");
    }
  }

  /** A folder that leads to everything that is in the tree or that the next publish puts there. */
  private Path mirror() throws IOException {
    Path mirror = scratch.folder("mirror");
    Path tree = publisher.tree();
    for (String name :
        List.of(
            "t.db",
            "t.db.sig",
            "t.files",
            "t.files.sig",
            "t.db.tar.gz",
            "t.db.tar.gz.sig",
            "t.files.tar.gz",
            "t.files.tar.gz.sig",
            "hello-1.0-2-any.pkg.tar.zst",
            "hello-1.0-2-any.pkg.tar.zst.sig")) {
      Files.createSymbolicLink(mirror.resolve(name), tree.resolve(name));
    }
    return mirror;
  }

  @Test
  void theMirrorItselfIsGood() throws IOException {
    try (Nginx nginx = serve(mirror())) {
      publishing(nginx.url(), hello("1.0-2")).run().expectSuccess();
    }
  }

  /** Publishes, expects exit code 8 with this finding alone, and gives the receipt. */
  private Json unconfirmed(String server, String finding) {
    Command.Output output = publishing(server, hello("1.0-2")).run().expectCode(8);
    assertThat(output.err()).endsWith(NOT_FOR_CLIENTS + "\n").contains("warning: ");
    Json receipt = lastReceipt();
    assertThat(receipt.text("outcome")).isEqualTo("published");
    assertThat(receipt.object("check").findings()).containsExactly(finding);
    assertThat(receipt.object("check").get("reached")).isEqualTo(true);
    publisher.qrepo().run("verify", publisher.tree().toString()).expectSuccess();
    return receipt;
  }

  @Test
  void aServerThatIsNotRunningProvesNothing() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String server = "http://127.0.0.1:" + port;
    Command.Output output = publishing(server, hello("1.0-2")).run().expectSuccess();
    assertThat(output.err())
        .contains("warning: " + server + ": the public URL cannot be reached from here")
        .contains("What clients see was not checked.")
        .endsWith("==> Published, but nobody looked at what clients see.\n");
    assertThat(lastReceipt().object("check").get("reached")).isEqualTo(false);
    assertThat(lastReceipt().object("check").findings()).containsExactly("public-unreachable");
  }
}
