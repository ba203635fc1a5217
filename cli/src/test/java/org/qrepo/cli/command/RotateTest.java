package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;
import org.qrepo.cli.Workplace;
import org.qrepo.it.Programs;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.CrossSignature;
import org.qrepo.sign.Keyring;

class RotateTest {
  private static final String TARGET =
      "targets:\n  web: {url: tree, server: 'https://127.0.0.1:1/t', page: true}\n";

  @TempDir private Path directory;
  private Workplace place;
  private String own;

  @BeforeEach
  void setUp() {
    place = new Workplace(directory);
    own = place.key().fingerprint().hex();
    configure("signing:\n  key-file: key.asc\n");
  }

  private void configure(String lines) {
    place.write("qrepo.yml", "repository:\n  name: t\n" + TARGET + lines);
  }

  private Json json(int code, String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.add("--json");
    return Json.of(place.ended(code, all.toArray(String[]::new)).out());
  }

  private static String lines(Json answer) {
    return String.join(
            "\n", ((List<?>) answer.get("configuration")).stream().map(Object::toString).toList())
        + "\n";
  }

  private static Certificate read(Path file) throws IOException {
    return Keyring.read(file).certificates().get(0);
  }

  private Json begin() {
    return json(0, "key", "rotate", "begin", "--no-passphrase", "--out", "keys");
  }

  @Test
  void theNextKeyIsCertifiedByTheOldOneAndMadeOnce() throws IOException {
    Json begun = begin();
    Path file = Path.of(begun.text("certificate"));
    Certificate next = read(file);
    assertThat(next.fingerprint().hex()).isEqualTo(begun.text("fingerprint")).isNotEqualTo(own);
    assertThat(next.userIds(java.time.Instant.now()))
        .isEqualTo(read(place.path("key.asc")).userIds(java.time.Instant.now()));
    assertThat(CrossSignature.isEndorsed(next, read(place.path("key.asc")))).isTrue();
    assertThat(directory.resolve("keys").resolve(own + ".asc")).exists();
    assertThat(file.resolveSibling(next.fingerprint() + ".revoke.asc")).exists();
    assertThat(lines(begun)).isEqualTo("keyring:\n  next: keys/" + next.fingerprint() + ".asc\n");

    Json again = begin();
    assertThat(again.get("new")).isEqualTo(false);
    assertThat(again.text("fingerprint")).isEqualTo(next.fingerprint().hex());
    configure("signing:\n  key-file: key.asc\n" + lines(begun));
    Json configured = begin();
    assertThat(configured.get("configuration")).isEqualTo(List.of());
    assertThat(configured.text("fingerprint")).isEqualTo(next.fingerprint().hex());
    try (var keys = Files.list(directory.resolve("keys"))) {
      assertThat(keys).hasSize(4);
    }
  }

  @Test
  void whereTheKeyIsInNoFileGpgMakesTheNextOne() throws IOException {
    place.write("cert.asc", place.key().certificate());
    configure(
        "signing: {backend: split-gpg, key: "
            + own
            + ", vault: vault, certificates: [cert.asc]}\n");
    Run run = place.ok("key", "rotate", "begin");
    assertThat(run.err()).contains("The key is not in a file", "In the qube vault:");
    assertThat(run.out())
        .contains(
            "--quick-generate-key '",
            "gpg --local-user " + own + " --quick-sign-key \"$new\"",
            "gpg --armor --export \"$new\" > next.asc",
            "keyring:\n  next: next.asc\n");
    assertThat(directory.resolve("keys")).doesNotExist();
  }

  @Test
  void everyStepIsToldAndTheOldKeyIsKeptWhileItIsNeeded() throws IOException {
    String hello = place.sample("hello", "1.0-1");
    place.ok("publish", hello, "--with-keyring", "--to", "web");
    assertThat(json(0, "key", "rotate", "status").text("stage")).isEqualTo("steady");
    Json begun = begin();
    configure("signing:\n  key-file: key.asc\n" + lines(begun));
    assertThat(json(0, "key", "rotate", "status").text("stage")).isEqualTo("ship");
    place.ok("publish", "--with-keyring", "--to", "web");
    assertThat(Files.readString(place.path("tree/index.html"))).contains("will sign in future");
    Json status = json(0, "key", "rotate", "status");
    assertThat(status.text("stage")).isEqualTo("switch");

    configure(lines(status));
    place.ok("publish", place.sample("world", "1-1"), "--with-keyring", "--to", "web");
    Json still = json(0, "key", "rotate", "status", "web");
    assertThat(still.text("stage")).isEqualTo("resign");
    assertThat(still.get("old")).isEqualTo(List.of(own));
    assertThat(still.objects("targets").get(0).get("dependent"))
        .isEqualTo(List.of("hello-1.0-1-any.pkg.tar.zst"));
    Run refused = place.ended(3, "key", "rotate", "revoke");
    assertThat(refused.err())
        .contains(
            "web: the old key is still needed for 1 signatures there",
            "hello-1.0-1-any.pkg.tar.zst",
            "qrepo key rotate resign web");
    assertThat(Files.readString(place.path("tree/repo.json"))).contains("Trust the new key");

    Run planned = place.ok("key", "rotate", "resign", "--dry-run");
    assertThat(planned.err()).contains("1 package would get a new signature;", "would be read");
    byte[] before = Files.readAllBytes(place.path("tree/hello-1.0-1-any.pkg.tar.zst"));
    assertThat(place.ok("key", "rotate", "resign").err()).contains("==> Signed anew");
    assertThat(Files.readAllBytes(place.path("tree/hello-1.0-1-any.pkg.tar.zst")))
        .isEqualTo(before);
    assertThat(place.ok("key", "rotate", "resign").err()).contains("Nothing to sign anew");
    Json revoke = json(0, "key", "rotate", "revoke");
    assertThat(lines(revoke))
        .isEqualTo("signing:\n  trusted: []\nkeyring:\n  revoked: [" + own + "]\n");
  }

  @Test
  void nothingIsShippedWhereNothingIsPublished() {
    configure("signing:\n  key-file: key.asc\n" + lines(begin()));
    Run status = place.ok("key", "rotate", "status");
    assertThat(status.out()).contains("stage   ship");
    assertThat(status.err()).contains("qrepo publish --with-keyring --to web");
  }

  /** As where gpg has made the next key, and only its certificate was brought over. */
  @Test
  void theCertificateOfTheOldKeyIsKept() throws IOException {
    String begun = lines(begin());
    Path old = place.path("keys/" + own + ".asc");
    Files.delete(old);
    configure("signing:\n  key-file: key.asc\n" + begun);
    place.ok("publish", place.sample("hello", "1.0-1"), "--with-keyring", "--to", "web");
    Run told = place.ok("key", "rotate", "status");
    assertThat(told.err()).contains("qrepo key export --out " + old);
    assertThat(told.out()).contains("keys/" + own + ".asc");
    place.ok("key", "export", "--out", old.toString());
    Json status = json(0, "key", "rotate", "status");
    assertThat(status.get("reasons").toString()).doesNotContain("key export");
    configure(lines(status));
    assertThat(json(0, "key", "rotate", "status").text("stage")).isEqualTo("resign");
  }

  @Test
  void theKeyThatSignsCannotBeTheOldOne() {
    place.ok("publish", place.sample("hello", "1.0-1"), "--to", "web");
    assertThat(place.ended(2, "key", "rotate", "resign").err())
        .contains("there is no key that is to go", "--old FINGERPRINT");
    assertThat(place.ended(2, "key", "rotate", "resign", "--old", own).err())
        .contains("it cannot go yet");
    assertThat(place.ended(2, "key", "rotate", "resign", "--old", "1234").err())
        .contains("a full fingerprint is needed");
  }

  @Test
  void theScriptForAnotherReleaseIsCleanShell() throws Exception {
    Programs.require("shellcheck");
    Run run = place.ok("client", "migrate", "--from", "4.2", "--to", "r4.3", "--out", "to", "web");
    Path script = Path.of(run.out().strip());
    assertThat(script).isExecutable();
    assertThat(Files.readString(script))
        .doesNotContain("{{", "@LEAVE", "@FILES")
        .contains("away()");
    Process check =
        new ProcessBuilder("shellcheck", script.toString()).redirectErrorStream(true).start();
    String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(check.waitFor()).as(said).isZero();
    assertThat(place.ended(2, "client", "migrate", "--from", "4.2").err())
        .contains("to which release do the clients go?");
    assertThat(place.ended(2, "client", "migrate", "--from", "4.3", "--to", "4.2").err())
        .contains("is no way forward");
  }

  @Test
  void allFilesForOtherMachinesComeAtOnce() {
    Run before = place.ok("client", "all", "--out", "all");
    assertThat(before.err()).contains("without the landing page: nothing is published at");
    place.ok("publish", place.sample("hello", "1.0-1"), "--to", "web");
    Json all = json(0, "client", "all", "--out", "all");
    assertThat(((List<?>) all.get("files")).stream().map(Object::toString))
        .allMatch(f -> Files.exists(Path.of(f)))
        .map(f -> directory.resolve("all").relativize(Path.of(f)).toString())
        .contains("80-t.conf", "install-t.sh", "page/index.html", "page/repo.json", "page/t.asc")
        .anyMatch(f -> f.startsWith("nginx/"))
        .anyMatch(f -> f.startsWith("apache/"));
    assertThat(all.get("left-out")).isEqualTo(List.of());
  }
}
