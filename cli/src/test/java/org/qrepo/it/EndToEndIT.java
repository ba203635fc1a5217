package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.rpm.SampleRpm;
import org.qrepo.store.sftp.Sshd;

/** Runs {@code packaging/end-to-end}, the way of a package from a builder to a client. */
class EndToEndIT {
  private static final Path SCRIPT = Path.of("..", "packaging", "end-to-end").toAbsolutePath();

  private final Scratch scratch = new Scratch();

  @AfterEach
  void tidy() {
    scratch.close();
  }

  @Test
  void pacmanInstallsAndUpgradesWhatTwoQubesHandedOver() throws IOException {
    Programs.require("bash", "awk", "rpmkeys");
    Path served = scratch.folder("served");
    Path built = scratch.folder("built");
    SamplePackage.of("hello", "1.0-1")
        .file("usr/share/hello", "1")
        .writeTo(scratch.folder("built/qubes-packages-mirror-repo/vm-archlinux/pkgs"));
    Path rpm = SampleRpm.template().build(scratch.folder("rpms"));
    Path templates = scratch.folder("built/qubes-src/linux-template-builder/rpm/noarch");
    Files.move(rpm, templates.resolve(rpm.getFileName()));
    Path later = scratch.folder("later");
    SamplePackage.of("hello", "2.0-1").file("usr/share/hello", "2").writeTo(later);
    try (Qubes qubes = new Qubes(scratch);
        Sshd sshd = Sshd.start(scratch.path().resolve("sshd"));
        Nginx nginx = Nginx.serve(scratch.path().resolve("nginx"), served);
        PacmanClient client =
            new PacmanClient(
                scratch.path().resolve("c"), "t", nginx.url() + "/packages", qubes.certificate())) {
      Command.Output output =
          qubes
              .with(Command.of("bash", SCRIPT.toString()))
              .env("QREPO", qubes.qrepo())
              .env("WORK", scratch.folder("work"))
              .env("KEY", qubes.key())
              .env("CERTIFICATE", qubes.certificate())
              .env("BUILT", built)
              .env("BUILT_LATER", later)
              .env("QUBES", qubes.programs())
              .env("PUBLISHER_HOME", sshd.home())
              .env("STORE", sshd.url(served))
              .env("SERVER", nginx.url())
              .env("PACMAN_CONF", client.configuration())
              .run()
              .expectSuccess();
      assertThat(output.out())
          .contains(
              "==> Received. Clients of sftp://127.0.0.1:",
              "database and signature match; 1 package reachable, digests match",
              "==> Handed over and received by qube publisher",
              "upgrading hello",
              "end to end: done");
      assertThat(client.installed()).containsExactly("hello 2.0-1");
      Path template = served.resolve("templates/rpm").resolve(rpm.getFileName().toString());
      assertThat(qubes.checksig(template)).isEqualTo(template + ": digests signatures OK\n");
      assertThat(qubes.calls("copy")).isEqualTo(1);
      assertThat(qubes.calls("call qrepo.Publish")).isEqualTo(1);
      assertThat(Files.exists(served.resolve("packages/.qrepo.lock"))).isFalse();
    }
  }
}
