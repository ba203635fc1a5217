package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.store.dav.WebServer;

/**
 * The program publishes to a real Apache over HTTPS with a password and a private CA, and real
 * pacmans with {@code SigLevel = Required} install over the same Apache.
 */
class DavIT {
  @TempDir static Path dir;
  private static WebServer server;

  private final Scratch scratch = new Scratch();
  private final Path packages = scratch.folder("in");
  private GpgHome gpg;
  private Path certificate;
  private Path secret;
  private Path netrc;

  @BeforeAll
  static void start() throws Exception {
    server = WebServer.apache(dir);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void prepare() throws IOException {
    gpg = new GpgHome(scratch.path().resolve("s"));
    String fingerprint = gpg.generateKey("T <t@example.org>", "ed25519");
    certificate = gpg.exportCertificate(fingerprint, scratch.path().resolve("t.gpg"));
    secret = gpg.exportSecretKey(fingerprint, scratch.path().resolve("secret.asc"));
    netrc = server.netrc(scratch.path().resolve("netrc"), WebServer.PASSWORD);
  }

  @AfterEach
  void tidy() {
    gpg.close();
    scratch.close();
  }

  @Test
  void pacmanInstallsUpgradesAndGoesBackHereAndFromACopy() throws IOException {
    QrepoCli qrepo = publisher("live", "netrc-file: " + netrc);
    Path newer = sample("hello", "1.0-2");
    Command.Output first =
        publish(qrepo, sample("hello", "1.0-1"), sample("libq++", "1:1.0-1")).expectSuccess();
    assertThat(first.err()).contains(server.url() + "/live");
    assertHidden(first);
    try (PacmanClient client = client("live")) {
      client.sync().expectSuccess();
      client.install("hello", "libq++").expectSuccess();
      assertThat(client.installed()).containsExactly("hello 1.0-1", "libq++ 1:1.0-1");
      publish(qrepo, newer).expectSuccess();
      client.upgrade().expectSuccess();
      assertThat(client.installed()).containsExactly("hello 1.0-2", "libq++ 1:1.0-1");
      client.syncFiles().expectSuccess();
      assertThat(client.files("hello")).contains("usr/share/hello/version");

      Command.Output again = publish(qrepo, newer).expectSuccess();
      assertThat(again.out() + again.err()).containsIgnoringCase("already published");
      qrepo.command("rollback", "web").run().expectSuccess();
      client.sync().expectSuccess();
      assertThat(client.list()).containsExactlyInAnyOrder("hello 1.0-1", "libq++ 1:1.0-1");
    }
    qrepo.command("prune", "web", "--keep", "0", "--grace", "0").run().expectSuccess();
    age(server.documents().resolve("live"));
    qrepo.command("prune", "web", "--keep", "0", "--grace", "0").run().expectSuccess();
    assertThat(server.documents().resolve("live/hello-1.0-2-any.pkg.tar.zst")).doesNotExist();
    assertThat(server.documents().resolve("live/hello-1.0-1-any.pkg.tar.zst")).exists();

    qrepo.command("mirror", "web", "copy").run().expectSuccess();
    try (PacmanClient client = client("copy")) {
      client.sync().expectSuccess();
      client.install("hello").expectSuccess();
      assertThat(client.installed()).containsExactly("hello 1.0-1");
    }
  }

  @Test
  void credentialsComeFromVariablesAndCommandsToo() throws IOException {
    Command.Output byVariables =
        publishing(publisher("variables", ""), sample("hello", "1.0-1"))
            .env("QREPO_HTTP_USER", WebServer.USER)
            .env("QREPO_HTTP_PASSWORD", WebServer.PASSWORD)
            .run()
            .expectSuccess();
    assertHidden(byVariables);
    Path command =
        scratch.file(
            "tell",
            "#!/bin/sh\nprintf '%s\\n' '" + WebServer.USER + "' '" + WebServer.PASSWORD + "'\n");
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
    publish(publisher("command", "credentials-command: " + command), sample("hello", "1.0-1"))
        .expectSuccess();
  }

  @Test
  void faultsAreToldWithTheirExitCodesAndNothingSecret() throws IOException {
    Path hello = sample("hello", "1.0-1");
    Path wrong = server.netrc(scratch.path().resolve("wrong"), "not-the-password");
    Command.Output denied = publish(publisher("denied", "netrc-file: " + wrong), hello);
    assertThat(denied.code()).isEqualTo(5);
    assertThat(denied.err())
        .contains("401", "does not accept the user and password", wrong.toString())
        .doesNotContain("not-the-password");
    assertThat(server.documents().resolve("denied")).doesNotExist();

    Command.Output nobody = publish(publisher("nobody", ""), hello);
    assertThat(nobody.code()).isEqualTo(5);
    assertThat(nobody.err()).contains("401", "no credentials");

    Files.setPosixFilePermissions(netrc, PosixFilePermissions.fromString("rw-r--r--"));
    Command.Output open = publish(publisher("open", "netrc-file: " + netrc), hello);
    assertThat(open.code()).isEqualTo(5);
    assertThat(open.err()).contains("chmod 600 " + netrc);
    assertHidden(open);
  }

  @Test
  void serverThatNobodyTrustsIsTold() throws IOException {
    Path hello = sample("hello", "1.0-1");
    QrepoCli stranger = publisher("stranger", "netrc-file: " + netrc);
    Path file = scratch.path().resolve("stranger-home/qrepo.yml");
    String text = Files.readString(file);
    Files.writeString(file, text.replaceAll("ca-file: .*", ""));
    Command.Output unknown = publish(stranger, hello);
    assertThat(unknown.code()).isEqualTo(5);
    assertThat(unknown.err()).contains("nobody whom this machine trusts");
  }

  private static void assertHidden(Command.Output output) {
    assertThat(output.out() + output.err()).doesNotContain(WebServer.PASSWORD);
  }

  /** What is announced for deletion waits for a day. */
  private static void age(Path repository) throws IOException {
    FileTime before = FileTime.from(Instant.now().minus(Duration.ofDays(2)));
    Files.setLastModifiedTime(repository.resolve("generations/prune.json"), before);
  }

  private static Command.Output publish(QrepoCli qrepo, Path... files) {
    return publishing(qrepo, files).run();
  }

  private static Command publishing(QrepoCli qrepo, Path... files) {
    Command command = qrepo.command("publish", "--to", "web");
    for (Path file : files) {
      command = command.with(file.toString());
    }
    return command;
  }

  private QrepoCli publisher(String repository, String more) {
    String target =
        """
          %1$s:
            url: %2$s/%3$s
            server: %4$s/%3$s
            ca-file: %5$s
            %6$s
        """;
    String home = repository + "-home";
    scratch.file(
        home + "/qrepo.yml",
        """
        repository:
          name: t
          arch: x86_64
        signing:
          backend: file
          key-file: %s
        targets:
        %s%s"""
            .formatted(
                secret,
                target.formatted(
                    "web", server.url(), repository, server.server(), server.authority(), more),
                target.formatted(
                    "copy", server.url(), "copy", server.server(), server.authority(), more)));
    return new QrepoCli(scratch.path().resolve(home));
  }

  private PacmanClient client(String repository) {
    return new PacmanClient(
        scratch.path().resolve("c-" + repository),
        "t",
        server.server() + "/" + repository,
        certificate);
  }

  private Path sample(String name, String version) {
    return SamplePackage.of(name, version)
        .file("usr/share/" + name + "/version", version + "\n")
        .writeTo(packages);
  }
}
