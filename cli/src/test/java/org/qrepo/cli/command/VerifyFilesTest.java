package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;
import org.qrepo.cli.Workplace;
import org.qrepo.sign.NewKey;
import org.qrepo.sign.TestKeys;

/** {@code verify FILE…|DIR}: files and the signatures beside them. */
class VerifyFilesTest {
  private static final String HELLO = "hello-1.0-1-any.pkg.tar.zst";
  private static final String OTHER = "other-2.0-1-any.pkg.tar.zst";

  private final Workplace work;

  VerifyFilesTest(@TempDir Path directory) {
    work = new Workplace(directory).configure("web: {url: tree}");
  }

  @BeforeEach
  void sign() {
    work.ok("sign", work.sample("hello", "1.0-1"), work.sample("other", "2.0-1"));
  }

  private static void damage(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  private static List<Json> signatureFindings(Json json) {
    return json.objects("files").stream().flatMap(f -> f.objects("signature").stream()).toList();
  }

  @Test
  void aDirectoryIsSummedUp() throws IOException {
    Run run = work.ok("verify", "packages");
    assertThat(run.out().lines())
        .hasSize(3)
        .satisfies(lines -> assertThat(lines.get(0)).startsWith(HELLO + ": good signature by "))
        .satisfies(lines -> assertThat(lines.get(1)).startsWith(OTHER + ": good signature by "))
        .last()
        .isEqualTo("2 files: 2 good");
    damage(work.path("packages/" + OTHER));
    Files.delete(work.path("packages/" + HELLO));
    Run bad = work.ended(3, "verify", "packages");
    assertThat(bad.out()).isEqualTo("1 file: 0 good, 1 refused, 1 warning\n");
    assertThat(bad.err())
        .contains("is not over these bytes", "pacman will say: error: other: signature from ")
        .contains("warning: " + HELLO + ".sig: the file that the signature is for is not there");
  }

  @Test
  void jsonListsEveryFinding() throws IOException {
    damage(work.path("packages/" + OTHER));
    Json json = work.json(3, "verify", "packages");
    assertThat(json.findings()).startsWith("signature-bad");
    assertThat(json.each("files", "ok")).containsExactly("true", "false");
    assertThat(signatureFindings(json)).hasSize(1);
    Json finding = signatureFindings(json).get(0);
    assertThat(finding.text("id")).isEqualTo("signature-bad");
    assertThat(finding.text("severity")).isEqualTo("error");
    assertThat(finding.text("subject")).isEqualTo(OTHER);
    assertThat(finding.text("pacman-says"))
        .isEqualTo(
            "error: other: signature from \"Test Publisher <publisher@example.org>\" is invalid");
    assertThat(finding.get("pacman-takes-it")).isEqualTo(false);
    assertThat(finding.text("why")).isEqualTo("null");
    assertThat(finding.text("reason")).endsWith("is not over these bytes");
    assertThat(finding.text("remedy")).contains("qrepo sign " + OTHER);
  }

  @Test
  void warningsDoNotRefuse() throws IOException {
    Path signature = work.path("packages/" + HELLO + ".sig");
    byte[] once = Files.readAllBytes(signature);
    byte[] twice = java.util.Arrays.copyOf(once, 2 * once.length);
    System.arraycopy(once, 0, twice, once.length, once.length);
    Files.write(signature, twice);
    Json json = work.json(0, "verify", "packages/" + HELLO);
    assertThat(json.each("warnings", "id")).containsExactly("signature-several");
    assertThat(work.ok("verify", "packages").out()).endsWith("2 files: 2 good, 1 warning\n");
  }

  @Test
  void aPacmanKeyringIsTrustedAsPacmanWould() throws IOException {
    Files.delete(work.path("qrepo.yml"));
    assertThat(work.ended(3, "verify", "packages").err())
        .contains("warning: no key is trusted here")
        .contains("pacman will say: error: required key missing from keyring");
    NewKey stranger = TestKeys.ed25519();
    work.write("keyrings/mine.gpg", work.key().certificate() + stranger.certificate());
    work.write("keyrings/mine-trusted", work.key().fingerprint() + ":4:\n");
    work.ok("verify", "packages", "--trust", "keyrings");
    work.write("keyrings/mine-trusted", stranger.fingerprint() + ":4:\n");
    assertThat(work.json(3, "verify", "packages", "--trust", "keyrings").findings())
        .containsExactly("key-not-allowed", "key-not-allowed");
    work.write("keyrings/mine-revoked", work.key().fingerprint() + "\n");
    String fingerprint = work.key().fingerprint().hex();
    Run disabled =
        work.ended(3, "verify", "packages", "--trust", "keyrings", "--trust", fingerprint);
    assertThat(disabled.err()).contains("\" is disabled");
    work.write("keyrings/mine-revoked", fingerprint.substring(24) + "\n");
    assertThat(work.ended(3, "verify", "packages", "--trust", "keyrings").err())
        .contains("mine-revoked:1: this line does not begin with a full fingerprint");
  }

  @Test
  void keyIdsAreRefused() {
    String id = work.key().fingerprint().hex().substring(24);
    for (String given :
        List.of(id, "0x" + id, id.substring(8).toLowerCase(java.util.Locale.ROOT))) {
      assertThat(work.ended(2, "verify", "packages", "--trust", given).err())
          .contains("a key id is not accepted", "40 hex digits");
    }
  }

  @Test
  void databasesOfRepoAddAreVerifiedToo() throws IOException {
    work.ok("publish", "packages");
    Path plain = Files.createDirectory(work.path("plain"));
    try (Stream<Path> all = Files.list(work.path("tree"))) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        Files.copy(file, plain.resolve(file.getFileName()));
      }
    }
    Run run = work.ok("verify", "plain");
    assertThat(run.out()).contains("t.db: good signature by", "t.files.tar.gz: good signature by");
    Files.write(plain.resolve("t.files"), new byte[10]);
    assertThat(work.json(3, "verify", "plain").each("findings", "subject"))
        .containsExactly("t.files");
  }
}
