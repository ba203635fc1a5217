package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.cli.Run;
import org.qrepo.it.Programs;

class ClientPacmanTest {
  @TempDir private Path directory;

  @BeforeEach
  void configure() throws IOException {
    Files.writeString(
        directory.resolve("qrepo.yml"),
        """
        repository: {name: mine, release: r4.3}
        signing: {key-file: keys/secret.asc}
        targets: {web: {url: srv/mine, server: 'https://example.org/mine/'}}
        """);
  }

  private Run run(String... words) {
    return Run.of(
        directory,
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of("client", "pacman"), java.util.Arrays.stream(words))
            .toArray(String[]::new));
  }

  @Test
  void theDropInIsPrinted() {
    Run run = run();
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .endsWith("[mine]\nSigLevel = Required TrustedOnly\nServer = https://example.org/mine\n")
        .contains("before those of Qubes: 85-qubes-current-testing.conf");
  }

  @Test
  void flagsSayWhereItStandsAndForWhichRelease() throws IOException {
    Path file = directory.resolve("out/95-mine.conf");
    Run run = run("--priority", "supplement", "--release", "4.2", "--out", "out");
    assertThat(run.out()).as(run.err()).isEqualTo(file + "\n");
    assertThat(Files.readString(file)).contains("after those of Qubes: 85-qubes-4.2-");
    assertThat(run("--legacy", "--release", "4.0", "--out", "out").out())
        .isEqualTo(directory.resolve("out/99-qubes-repository-4.0.conf") + "\n");
    assertThat(run("--priority", "first").code()).isEqualTo(2);
    assertThat(run("--release", "fc41").err()).contains("is not a Qubes release like r4.3");
  }

  @Test
  void mirrorsCanBeConfigured() throws IOException {
    Files.writeString(
        directory.resolve("qrepo.yml"),
        """
        client:
          priority: supplement
          servers: ['https://a.example.org/$repo', 'https://b.example.org/mine']
        """,
        java.nio.file.StandardOpenOption.APPEND);
    assertThat(run("--json").out())
        .contains(
            "\"schema\" : \"qrepo.client-pacman/1\"",
            "\"path\" : \"/etc/pacman.d/95-mine.conf\"",
            "\"priority\" : \"supplement\"",
            "https://a.example.org/$repo",
            "https://b.example.org/mine");
  }

  @Test
  void withoutAUrlForClientsThereIsNone() {
    Run run = run("./elsewhere");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("has no URL that clients use", "client.servers");
    assertThat(run("./elsewhere", "--server", "http://127.0.0.1:8080").code()).isZero();
  }

  @Test
  void theInstallerTrustsTheKeyByItsFullFingerprint() throws Exception {
    Programs.require("shellcheck");
    Run generated =
        Run.of(
            directory, "key", "generate", "T <t@example.org>", "--no-passphrase", "--out", "keys");
    assertThat(generated.code()).as(generated.err()).isZero();
    Path secret;
    try (java.util.stream.Stream<Path> keys = Files.list(directory.resolve("keys"))) {
      secret = keys.filter(k -> k.toString().endsWith(".secret.asc")).findFirst().orElseThrow();
    }
    Run run = run("--installer", "--key", secret.toString(), "--out", ".");
    assertThat(run.code()).as(run.err()).isZero();
    Path script = directory.resolve("install-mine.sh");
    assertThat(script).isExecutable();
    assertThat(Files.readString(script))
        .containsPattern("fingerprints=[0-9A-F]{40}\n")
        .contains("-----BEGIN PGP PUBLIC KEY BLOCK-----", run().out())
        .doesNotContain("@CERTIFICATE@", "@DROP_IN@", "{{");
    Process check =
        new ProcessBuilder("shellcheck", script.toString()).redirectErrorStream(true).start();
    String said =
        new String(check.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(check.waitFor()).as(said).isZero();
  }

  @Test
  void aConfigurationIsChecked() throws IOException {
    Path conf = directory.resolve("pacman.conf");
    Files.writeString(conf, "[options]\nDBPath = db\n[mine]\nServer = https://example.org/mine\n");
    Run weak = run("--check", "pacman.conf");
    assertThat(weak.code()).as(weak.err()).isZero();
    assertThat(weak.err())
        .contains("[mine] takes packages without a signature", "==> pacman works with this");
    Files.writeString(conf, "[mine]\n");
    assertThat(run("--check", "pacman.conf").err()).contains("has no server", "pacman -Sy fails");
    Files.writeString(conf, "Include = none.conf\n");
    Run stopped = run("--check", "pacman.conf", "--json");
    assertThat(stopped.code()).isEqualTo(3);
    assertThat(stopped.out())
        .contains("\"verdict\" : \"stops\"", "\"id\" : \"pacman-conf-missing-file\"");
    assertThat(run("--check", "pacman.conf", "--installer").code()).isEqualTo(2);
  }

  @Test
  void aClientNeedsNoConfigurationOfQrepo() throws IOException {
    Files.delete(directory.resolve("qrepo.yml"));
    Files.writeString(
        directory.resolve("pacman.conf"),
        "[options]\nDBPath = db\n[core]\nSigLevel = Required\nServer = http://a\n");
    assertThat(run("--check", "pacman.conf").code()).isZero();
    assertThat(run("--check", "pacman.conf", "--name", "mine").err())
        .contains("the repository [mine] is not used");
  }
}
