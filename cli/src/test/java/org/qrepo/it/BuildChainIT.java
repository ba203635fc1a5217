package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;

/**
 * From a builder's signed repository to a client: fetched and verified, configured, sources got and
 * one of them replaced, packages built by makepkg, the template by rpmbuild, found, published; then
 * pacman installs, and rpmkeys accepts.
 */
class BuildChainIT {
  private final Scratch scratch = new Scratch();
  private final Publisher publisher = new Publisher(scratch, "pointer");
  private final Path home = scratch.path().resolve("home");
  private final Path mine = scratch.folder("mine");
  private final Path builder = scratch.path().resolve("builder");
  private final ComponentSources sources = new ComponentSources(scratch.folder("git"));

  @AfterEach
  void tidy() {
    publisher.close();
    scratch.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "v2"})
  void fromTheSignedBuilderToTheClient(String kind) throws IOException {
    Programs.require("rpmkeys");
    BuilderFiles.requirePrograms();
    sources
        .add("core-qubesdb", "4.3.10", "qubes-db-vm", "")
        .add("gui-common", "4.3.1", "qubes-vm-gui-common", "exit 1");
    List.of("builder-rpm", "builder-archlinux", "linux-template-builder")
        .forEach(sources::addEmpty);
    BuilderFiles.write(
        mine, ComponentSources.files("4.3.2", "qubes-vm-gui-common", "echo of mine"));
    try (SignedSource origin = new SignedSource(scratch.path().resolve("o"))) {
      origin.init(kind.equals("classic") ? classic() : second());
      configure(kind, origin);
      Json fetched = Json.of(ok("build", "fetch", "--json").out());
      assertThat(fetched.each("tags", "signer")).containsExactly(origin.developer());
      ok("build", "configure");
      Run built = ok("build", "all");
      assertThat(built.err())
          .contains("gui-common: taken from " + mine, "Building 2 of 2: gui-common", "==> Done");
      assertThat(ok("build", "all").err())
          .contains("Built already: core-qubesdb, gui-common", "packages: template archlinux-");
      ok("build", "fetch", "--verify-only");
    }
    assertThat(ok("build", "locate").out())
        .contains("qubes-db-vm 4.3.10-1", "qubes-vm-gui-common 4.3.2-1")
        .contains("qubes-template-archlinux-minimal ");
    ok("publish", "--from-builder");
    install();
    accept();
  }

  private void install() {
    try (PacmanClient client = publisher.client("file://" + publisher.tree())) {
      client.sync().expectSuccess();
      assertThat(client.list())
          .containsExactly("qubes-db-vm 4.3.10-1", "qubes-vm-gui-common 4.3.2-1");
      client.install("qubes-db-vm", "qubes-vm-gui-common").expectSuccess();
      assertThat(client.root().resolve("usr/share/qubes-vm-gui-common/data"))
          .hasContent("data of qubes-vm-gui-common 4.3.2");
    }
  }

  /** As dom0 does it: an empty database, the key file, standard input. */
  private void accept() {
    List<Path> rpms = ClassicBuilder.rpms(scratch.path().resolve("templates/rpm"));
    assertThat(rpms).hasSize(1);
    String database = "--dbpath=" + scratch.folder("rpmdb");
    Path key = scratch.path().resolve("key.asc");
    ok("key", "export", "--out", key.toString());
    Command.of("rpmkeys", database, "--import", key.toString()).run().expectSuccess();
    Command.Output verdict =
        Command.of("sh", "-c", "exec rpmkeys \"$1\" --checksig - < \"$2\"", "sh")
            .with(database, rpms.get(0).toString())
            .run()
            .expectSuccess();
    assertThat(verdict.out()).isEqualTo("-: digests signatures OK\n");
  }

  /** The builder with the example that its configuration builds upon. */
  private Map<String, String> classic() {
    Map<String, String> tree = new TreeMap<>(BuilderFiles.CLASSIC);
    tree.put(
        "example-configs/qubes-os-r4.2.conf",
        "GIT_BASEURL ?= %s\nGIT_PREFIX ?= %s\nCOMPONENTS ?= builder other\nDISTS_VM ?= fc37\n"
            .formatted(sources.url(), ComponentSources.PREFIX));
    return tree;
  }

  private Map<String, String> second() {
    Map<String, String> tree = new TreeMap<>(BuilderFiles.V2);
    tree.put(
        "example-configs/qubes-os-r4.3.yml",
        """
        git:
          baseurl: %s
          prefix: %s
        qubes-release: r4.3
        executor:
          type: docker
          options:
            image: qubes-builder-fedora:latest
        """
            .formatted(sources.url(), ComponentSources.PREFIX));
    return tree;
  }

  private void configure(String kind, SignedSource origin) throws IOException {
    Path file = home.resolve("qrepo.yml");
    String release = kind.equals("classic") ? "r4.2" : "r4.3";
    String text =
        Files.readString(file)
            .replace("  arch: x86_64\n", "  arch: x86_64\n  release: " + release + "\n");
    String templates = "    templates: " + scratch.path().resolve("templates") + "\n";
    String build =
        """
        build:
          builder: %s
          kind: %s
          url: %s
          master-key: %s
          keys: [%s]
          dist: archlinux+minimal
          components: [core-qubesdb, gui-common]
          overrides:
            gui-common: %s
        """
            .formatted(builder, kind, origin.url(), origin.master(), origin.keys(), mine);
    Files.writeString(file, text + templates + build);
  }

  private Run ok(String... words) {
    Map<String, String> environment =
        Map.of(
            "HOME",
            home.toString(),
            "PATH",
            System.getenv("PATH"),
            "LC_ALL",
            "C.UTF-8",
            "GIT_CONFIG_GLOBAL",
            "/dev/null");
    Run run = Run.of(home, environment, List.of(words));
    assertThat(run.code()).as(run.toString()).isZero();
    return run;
  }
}
