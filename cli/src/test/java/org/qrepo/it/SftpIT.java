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
