package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;
import org.qrepo.cli.Workplace;

/** {@code verify T}: a repository as a stranger sees it. */
class VerifyRepositoryTest {
  private final Workplace work;

  VerifyRepositoryTest(@TempDir Path directory) {
    work = new Workplace(directory).configure("web: {url: tree}");
  }

  @BeforeEach
  void publish() {
    work.ok("publish", work.sample("hello", "1.0-1"), work.sample("other", "1:2.0+x-1"));
  }

  private static void damage(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Files.write(file, bytes);
  }

  @Test
  void aGoodOneIsDescribed() {
    Run run = work.ok("verify");
    assertThat(run.out())
        .startsWith("file://" + work.path("tree") + ": generation ")
        .contains("(seq 1), 2 packages, signed by " + work.key().fingerprint().grouped())
        .contains("Packages were not fetched; --deep does that.");
    assertThat(work.ok("verify", "--deep").out()).contains("all packages are as clients want them");
    Json json = work.json(0, "verify", "web", "--deep");
    assertThat(json.number("packages-fetched")).isEqualTo(2);
    assertThat(json.get("reached")).isEqualTo(true);
  }

  @Test
  void aTamperedPackageIsFoundByLookingDeeper() throws IOException {
    damage(work.path("tree/hello-1.0-1-any.pkg.tar.zst"));
    work.ok("verify");
    Json json = work.json(3, "verify", "--deep");
    assertThat(json.findings()).containsExactly("public-corrupted");
    assertThat(json.each("findings", "subject")).containsExactly("hello-1.0-1-any.pkg.tar.zst");
    assertThat(work.ended(3, "verify", "--deep").err())
        .contains("pacman would say: invalid or corrupted package (checksum)");
  }

  @Test
  void aMissingPackageSignatureIsFoundByLookingDeeper() throws IOException {
    Files.delete(work.path("tree/other-1:2.0+x-1-any.pkg.tar.zst.sig"));
    work.ok("verify");
    assertThat(work.json(3, "verify", "--deep").findings()).containsExactly("public-missing");
  }

  @Test
  void aTamperedDatabaseIsFound() throws IOException {
    damage(work.path("tree/t.db").toRealPath());
    Json json = work.json(3, "verify");
    assertThat(json.findings()).containsExactly("signature-bad");
    assertThat(json.text("generation")).isEqualTo("null");
  }

  @Test
  void aTamperedFilesDatabaseIsFound() throws IOException {
    damage(work.path("tree/t.files").toRealPath());
    assertThat(work.json(3, "verify").findings()).contains("public-mixed");
  }

  @Test
  void aMissingSignatureIsFound() throws IOException {
    Files.delete(work.path("tree/t.db.sig"));
    Run run = work.ended(3, "verify");
    assertThat(run.err()).contains("error: t.db.sig: not found at file://");
    assertThat(work.json(3, "verify").findings()).containsExactly("public-missing");
  }

  @Test
  void nothingThereIsFoundMissing() {
    assertThat(work.json(3, "verify", "./nowhere").findings()).containsExactly("public-missing");
  }

  @Test
  void aServerThatIsNotThereIsAFailureOfTheNetwork() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    Json json = work.json(5, "verify", "tree", "--server", "http://127.0.0.1:" + port);
    assertThat(json.findings()).containsExactly("public-unreachable");
    assertThat(json.get("reached")).isEqualTo(false);
  }

  @Test
  void onlyTrustedKeysCount() throws IOException {
    String certificate = work.certificate();
    Files.delete(work.path("qrepo.yml"));
    assertThat(work.ended(3, "verify", "tree", "--name", "t").err()).contains("not in the keyring");
    work.ok("verify", "tree", "--name", "t", "--trust", certificate);
  }

  @Test
  void filesAndRepositoriesAreToldApart() {
    assertThat(work.ended(3, "verify", "packages/hello-1.0-1-any.pkg.tar.zst").err())
        .contains("there is no hello-1.0-1-any.pkg.tar.zst.sig beside it");
    String good = "tree/hello-1.0-1-any.pkg.tar.zst";
    assertThat(work.ok("verify", good).out()).contains("good signature by");
    assertThat(work.ok("verify", good, "tree").out()).contains("6 files: 6 good");
    assertThat(work.ok("verify", "tree", "--files").out()).contains("6 files: 6 good");
    assertThat(work.ok("verify", "tree").out()).contains("generation");
    assertThat(work.ended(2, "verify", "gone.pkg.tar.zst").err()).contains("gone.pkg.tar.zst");
  }
}
