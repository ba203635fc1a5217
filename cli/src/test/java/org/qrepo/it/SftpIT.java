package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.store.sftp.Sshd;

/** The program publishes over SFTP to a real sshd, and a real pacman installs through nginx. */
class SftpIT {
  private final Scratch scratch = new Scratch();
  private Path packages = scratch.path();
  private Path served = scratch.path();

  @BeforeEach
  void prepare() {
    packages = scratch.folder("packages");
    served = scratch.path().resolve("served");
  }

  @AfterEach
  void tidy() {
    scratch.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"pointer", "plain"})
  void pacmanInstallsAndUpgradesWhatWasPublishedOverSftp(String layout) throws IOException {
    try (Sshd sshd = Sshd.start(scratch.path().resolve("sshd"));
        Publisher publisher = new Publisher(scratch, layout);
        Nginx nginx = Nginx.serve(scratch.path().resolve("nginx"), served);
        PacmanClient client = publisher.client(nginx.url())) {
      publish(publisher, sshd, layout, nginx, hello("1.0-1")).expectSuccess();
      assertThat(Files.isSymbolicLink(served.resolve("t.db"))).isEqualTo(layout.equals("pointer"));
      client.sync().expectSuccess();
      client.install("hello").expectSuccess();
      assertThat(client.installed()).containsExactly("hello 1.0-1");

      publish(publisher, sshd, layout, nginx, hello("1.0-2")).expectSuccess();
      client.upgrade().expectSuccess();
      assertThat(client.installed()).containsExactly("hello 1.0-2");
      assertThat(served.resolve(".qrepo.lock")).doesNotExist();
      assertThat(served.resolve(".qrepo-tmp-sftp")).doesNotExist();
      assertThat(served.resolve("t.db.tar.gz.lck")).doesNotExist();
    }
  }

  @Test
  void withoutAPublicUrlThePublishSaysThatNobodyLooked() throws IOException {
    try (Sshd sshd = Sshd.start(scratch.path().resolve("sshd"));
        Publisher publisher = new Publisher(scratch, "pointer")) {
      Command.Output output = command(publisher, sshd, "pointer", hello("1.0-1")).run();
      output.expectSuccess();
      assertThat(served.resolve("t.db")).exists();
    }
  }

  @Test
  void unknownHostKeyStopsThePublishAndSaysWhatToDo() throws IOException {
    try (Sshd sshd = Sshd.start(scratch.path().resolve("sshd"));
        Publisher publisher = new Publisher(scratch, "pointer")) {
      Files.delete(sshd.home().resolve(".ssh/known_hosts"));
      Command.Output output = command(publisher, sshd, "pointer", hello("1.0-1")).run();
      assertThat(output.code()).isEqualTo(5);
      assertThat(output.err()).contains("SHA256:").contains(sshd.knownHost());
      assertThat(served).doesNotExist();
    }
  }

  @Test
  void serverThatIsNotThereIsTriedAgainAndThenSaidSo() throws IOException {
    try (Sshd sshd = Sshd.start(scratch.path().resolve("sshd"));
        Publisher publisher = new Publisher(scratch, "pointer")) {
      sshd.close();
      Path configuration = scratch.path().resolve("home/qrepo.yml");
      Files.writeString(
          configuration,
          Files.readString(configuration)
              + "  far:\n    url: "
              + sshd.url(served)
              + "\n    retries: 1\n    retry-deadline: 30s\n");
      Command.Output output =
          publisher
              .qrepo()
              .command("publish", hello("1.0-1").toString(), "--to", "far", "-v")
              .env("HOME", sshd.home())
              .run();
      assertThat(output.code()).isEqualTo(5);
      assertThat(output.err())
          .containsPattern("trying again in [0-9. ms]+ \\(2 of 2\\): .*refused")
          .containsPattern("error: .*refused.*\\(tried 2 times\\)");
    }
  }

  @Test
  void readOnlyServerIsNotTriedAgain() throws IOException {
    try (Sshd sshd = Sshd.start(scratch.path().resolve("sshd"), "Subsystem sftp internal-sftp -R");
        Publisher publisher = new Publisher(scratch, "pointer")) {
      Command.Output output = command(publisher, sshd, "pointer", hello("1.0-1")).with("-v").run();
      assertThat(output.code()).isEqualTo(5);
      assertThat(output.err()).contains("permission denied").doesNotContain("trying again");
      assertThat(served).doesNotExist();
    }
  }

  @Test
  void bandwidthOfTheCommandLineIsKept() throws IOException {
    try (Sshd sshd = Sshd.start(scratch.path().resolve("sshd"));
        Publisher publisher = new Publisher(scratch, "pointer")) {
      byte[] bytes = new byte[1 << 20];
      new java.util.Random(1).nextBytes(bytes);
      Path big = SamplePackage.of("big", "1.0-1").file("usr/share/big", bytes).writeTo(packages);
      long begin = System.nanoTime();
      command(publisher, sshd, "pointer", big)
          .with("--bandwidth", "256 KiB/s")
          .run()
          .expectSuccess();
      assertThat(System.nanoTime() - begin).isGreaterThan(4_000_000_000L);
      Command.Output wrong =
          command(publisher, sshd, "pointer", big).with("--bandwidth", "fast").run();
      assertThat(wrong.code()).isEqualTo(2);
      assertThat(wrong.err()).contains("'fast' is no rate: write 500 KiB/s");
    }
  }

  @Test
  void keysOfTheConfigurationAreUsed() throws IOException {
    try (Sshd sshd = Sshd.start(scratch.path().resolve("sshd"));
        Publisher publisher = new Publisher(scratch, "pointer")) {
      Path configuration = scratch.path().resolve("home/qrepo.yml");
      Files.writeString(
          configuration,
          Files.readString(configuration)
              + "  far:\n    url: "
              + sshd.url(served)
              + "\n    identity-file: "
              + sshd.home().resolve(".ssh/id_ed25519")
              + "\n    known-hosts: "
              + sshd.home().resolve(".ssh/known_hosts")
              + "\n");
      publisher
          .qrepo()
          .command("publish", hello("1.0-1").toString(), "--to", "far")
          .run()
          .expectSuccess();
      assertThat(served.resolve("t.db")).exists();
    }
  }

  private Command.Output publish(
      Publisher publisher, Sshd sshd, String layout, Nginx nginx, Path... files) {
    return command(publisher, sshd, layout, files).with("--server", nginx.url()).run();
  }

  /** With the home of one who has a key and knows the server. */
  private Command command(Publisher publisher, Sshd sshd, String layout, Path... files) {
    Command command = publisher.qrepo().command("publish");
    for (Path file : files) {
      command.with(file.toString());
    }
    return command
        .with("--to", sshd.url(served), "--layout", layout)
        .env("HOME", sshd.home())
        .env("SSH_AUTH_SOCK", "");
  }

  private Path hello(String version) {
    return SamplePackage.of("hello", version)
        .file("usr/share/hello/version", version)
        .writeTo(packages);
  }
}
