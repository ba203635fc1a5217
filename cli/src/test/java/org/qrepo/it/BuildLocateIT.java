package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.cli.build.SampleBuilder;
import org.qrepo.rpm.SampleRpm;

/**
 * Packages that makepkg built and a template that rpmbuild made lie as each builder leaves them,
 * with older ones beside them: what is published from there a real pacman installs, and rpmkeys
 * accepts.
 */
class BuildLocateIT {
  private static final String PKGBUILD =
      """
      pkgbase=qubes-vm-core
      pkgname=(%s)
      pkgver=%s
      pkgrel=1
      pkgdesc="The agent"
      arch=(x86_64)
      license=(GPL)
      package_qubes-vm-core() { install -Dm644 /dev/null "$pkgdir/usr/lib/core-$pkgver"; }
      package_qubes-vm-networking() { install -Dm644 /dev/null "$pkgdir/usr/lib/net-$pkgver"; }
      package_qubes-vm-dropped() { install -Dm644 /dev/null "$pkgdir/usr/lib/dropped"; }
      """;

  private static final Scratch BUILT = new Scratch();
  private static List<Path> old;
  private static List<Path> later;
  private static List<Path> templates;

  private final Scratch scratch = new Scratch();
  private Publisher publisher;
  private Path builder;

  @BeforeAll
  static void build() {
    Makepkg makepkg = new Makepkg(BUILT);
    old = makepkg.build("old", PKGBUILD.formatted("qubes-vm-core qubes-vm-dropped", "4.3.9"));
    later =
        makepkg.build("later", PKGBUILD.formatted("qubes-vm-core qubes-vm-networking", "4.3.10"));
    templates =
        Stream.of("202611020101", "202611010101")
            .map(release -> SampleRpm.template().set("Release", release).build(BUILT.path()))
            .toList();
  }

  @AfterAll
  static void tidyUp() {
    BUILT.close();
  }

  @BeforeEach
  void prepare() throws IOException {
    publisher = new Publisher(scratch, "pointer");
    builder = scratch.folder("builder");
    Files.writeString(
        scratch.path().resolve("home/qrepo.yml"),
        """
            templates: %s
        build:
          builder: %s
          components: [core-agent-linux]
        """
            .formatted(scratch.path().resolve("templates"), builder),
        StandardOpenOption.APPEND);
  }

  @AfterEach
  void tidy() {
    publisher.close();
    scratch.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "v2"})
  void whatWasBuiltIsInstalled(String kind) throws IOException {
    boolean classic = kind.equals("classic");
    if (classic) {
      SampleBuilder.classic(builder)
          .builds("core-agent-linux", old)
          .builds("core-agent-linux", later);
    } else {
      SampleBuilder.second(builder)
          .buildsVersion("core-agent-linux", "4.3.9-1", old)
          .buildsVersion("core-agent-linux", "4.3.10-1", later);
    }
    String rpms =
        classic ? "qubes-src/linux-template-builder/rpm/noarch" : "artifacts/templates/rpm";
    Files.createDirectories(builder.resolve(rpms));
    Files.copy(templates.get(0), builder.resolve(rpms).resolve("a.rpm"));
    Files.copy(templates.get(1), builder.resolve(rpms).resolve("b.rpm"));

    Command.Output published = publisher.qrepo().run("publish", "--from-builder").expectSuccess();
    assertThat(published.err())
        .contains("its build gave no qubes-vm-passwordless-root")
        .contains("qubes-vm-dropped 4.3.9-1: older than 4.3.10-1");

    try (PacmanClient client = publisher.client("file://" + publisher.tree())) {
      client.sync().expectSuccess();
      assertThat(client.list())
          .containsExactly("qubes-vm-core 4.3.10-1", "qubes-vm-networking 4.3.10-1");
      client.install("qubes-vm-core", "qubes-vm-networking").expectSuccess();
      assertThat(client.root().resolve("usr/lib/core-4.3.10")).exists();
    }
    assertThat(checked(onlyTemplate())).isEqualTo("-: digests signatures OK\n");
    if (classic) {
      assertThat(publisher.qrepo().run("publish", "--from-builder").expectSuccess().err())
          .contains("Already published");
    } else {
      assertThat(publisher.qrepo().run("build", "locate").expectSuccess().lines()).hasSize(3);
    }
  }

  private Path onlyTemplate() throws IOException {
    try (Stream<Path> files = Files.list(scratch.path().resolve("templates/rpm"))) {
      List<Path> all = files.toList();
      assertThat(all).hasSize(1);
      assertThat(all.get(0)).hasFileName("qubes-template-archlinux-4.3.0-202611020101.noarch.rpm");
      return all.get(0);
    }
  }

  /** As dom0 does it: an empty database, the key file, standard input. */
  private String checked(Path rpm) {
    Programs.require("rpmkeys");
    String database = "--dbpath=" + scratch.folder("rpmdb");
    Path key = scratch.path().resolve("key.asc");
    publisher.qrepo().run("key", "export", "--out", key.toString()).expectSuccess();
    Command.of("rpmkeys", database, "--import", key.toString()).run().expectSuccess();
    return Command.of("sh", "-c", "exec rpmkeys " + database + " --checksig - < '" + rpm + "'")
        .run()
        .out();
  }
}
