package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.qrepo.alpm.Architecture;
import org.qrepo.alpm.PackageName;
import org.qrepo.alpm.PackageVersion;
import org.qrepo.alpm.PackageWriter;
import org.qrepo.io.Compression;

/**
 * Clients get the keys of a repository from its keyring package, follow their changes, and use the
 * repository: the real pacman, pacman-key and scriptlet on machines of their own.
 */
class KeyringIT {
  /** As templates of Qubes have it, and no signature is asked of anybody else. */
  private static final String QUBES_CONF =
      """
      [options]
      Architecture = auto
      SigLevel = Required
      ### QUBES CONFIG MARKER ###
      Include = /etc/pacman.d/*.conf
      ### QUBES CONFIG END MARKER ###
      # REPOSITORIES
      """;

  private Scratch scratch;
  private GpgHome gpg;
  private QrepoCli qrepo;
  private Path tree;
  private Path home;
  private String first;
  private String second;

  @BeforeEach
  void setUp() {
    scratch = new Scratch();
    gpg = new GpgHome(scratch.path().resolve("s"));
    first = key("First <first@example.org>", "first");
    second = key("Second <second@example.org>", "second");
    home = scratch.folder("home");
    tree = scratch.folder("tree");
    qrepo = new QrepoCli(home);
    configure("first", "keyring: {next: ../second.gpg}");
  }

  @AfterEach
  void close() {
    gpg.close();
    scratch.close();
  }

  private String key(String userId, String name) {
    String fingerprint = gpg.generateKey(userId, "ed25519");
    gpg.exportCertificate(fingerprint, scratch.path().resolve(name + ".gpg"));
    gpg.exportSecretKey(fingerprint, scratch.path().resolve(name + ".asc"));
    return fingerprint;
  }

  private void configure(String key, String more) {
    scratch.file(
        "home/qrepo.yml",
        """
        repository: {name: mine, release: r4.3}
        signing: {key-file: ../%s.asc, trusted: [%s], certificates: [../first.gpg]}
        targets: {web: {url: %s, server: 'file:///srv/mine'}}
        %s
        """
            .formatted(key, first, tree, more));
  }

  /** A published database of {@code /srv/mine} is not there on this machine, which is said. */
  private Command.Output publish(Path... packages) {
    List<String> words = new ArrayList<>(List.of("publish", "--with-keyring"));
    List.of(packages).forEach(p -> words.add(p.toString()));
    return qrepo.command().with(words).run().expectCode(8);
  }

  private Path pack(String name, String version) throws IOException {
    PackageWriter writer =
        new PackageWriter(
                new PackageName(name),
                new PackageVersion(version),
                Architecture.ANY,
                Instant.ofEpochSecond(1_700_000_000))
            .file("opt/" + name, 0644, version.getBytes(StandardCharsets.UTF_8));
    Path file = scratch.folder("packages").resolve(writer.fileName(Compression.ZSTD));
    try (OutputStream out = Files.newOutputStream(file)) {
      writer.writeTo(out, Compression.ZSTD);
    }
    return file;
  }

  private ClientMachine machine(String name) {
    return new ClientMachine(scratch.path().resolve(name), tree);
  }

  /** What the landing page and the documentation tell people to do. */
  private String steps() throws IOException {
    Path certificate = tree.resolve("mine.asc");
    qrepo.run("key", "export", "--out", certificate.toString()).expectSuccess();
    return """
        set -e
        pacman-key --init
        pacman-key --add /srv/mine/mine.asc
        pacman-key --lsign-key %s
        cp /srv/mine/80-mine.conf /etc/pacman.d/
        pacman -Sy --noconfirm mine-keyring
        """
        .formatted(first);
  }

  @Test
  void aNewClientInstallsAndFollowsTheKeys() throws IOException {
    publish(pack("old", "1-1"));
    qrepo.run("client", "pacman", "--out", tree.toString()).expectSuccess();
    ClientMachine client = machine("c");
    client.write("etc/pacman.conf", QUBES_CONF);
    client.write("etc/pacman.d/10-qubes-options.conf", "[options]\nNoUpgrade = etc/pam.d/su-l\n");
    client.write("etc/pacman.d/gnupg/private-keys-v1.d/.keep", "");
    client.run("chmod -R go= /etc/pacman.d/gnupg").expectSuccess();

    Command.Output joined = client.runBooted(steps()).expectSuccess();
    assertThat(joined.out()).contains("Locally signing trusted keys");
    client.runBooted("pacman -S --noconfirm old < /dev/null && test -e /opt/old").expectSuccess();
    assertThat(client.run("pacman -Qkk mine-keyring").expectSuccess().out())
        .contains("0 altered files");
    assertThat(client.file("etc/pacman.d/80-mine.conf.pacnew")).doesNotExist();
    assertThat(client.run("pacman-conf --repo mine SigLevel; pacman-conf --repo-list").out())
        .contains("PackageRequired\n", "DatabaseRequired\n", "DatabaseTrustedOnly\n", "mine\n");

    configure("second", "keyring: {revoked: [" + first + "]}");
    publish(pack("new", "1-1"));
    Command.Output upgraded =
        client.runBooted("pacman -Syu --noconfirm < /dev/null").expectSuccess();
    assertThat(upgraded.out()).contains("Disabling revoked keys");
    client.runBooted("pacman -S --noconfirm new < /dev/null && test -e /opt/new").expectSuccess();
    Command.Output refused =
        client.runBooted("rm -rf /var/cache/pacman/pkg/*; pacman -S --noconfirm old < /dev/null");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("old: key \"First <first@example.org>\" is disabled");

    Command.Output removed =
        client.run("pacman -R --noconfirm mine-keyring; pacman-key -l " + second + "; pacman -Q");
    assertThat(removed.out()).as(removed.toString()).doesNotContain(second).contains("new 1-1");
    assertThat(client.file("etc/pacman.d/80-mine.conf")).doesNotExist();
    assertThat(client.run("pacman -Sy").err()).contains("no usable package repositories");
  }

  @Test
  void theInstallerMakesAnyMachineAClientAndMendsWhatStopsPacman() throws IOException {
    publish(pack("old", "1-1"));
    qrepo.run("client", "pacman", "--installer", "--out", tree.toString()).expectSuccess();
    ClientMachine client = machine("c");
    client.write(
        "etc/pacman.conf",
        "[options]\nArchitecture = auto\n\n[core]\nSigLevel = Never\n"
            + "Server = file:///srv/core\n");
    client.write("srv/core/core.db", "");
    client.write(
        "etc/pacman.d/99-qubes-repository-4.0.conf", "[mine]\nServer = file:///srv/mine\n");
    client.run("ln -s gone.conf.disabled /etc/pacman.d/90-gone.conf").expectSuccess();

    Command.Output installed =
        client.run("sh /srv/mine/install-mine.sh < /dev/null").expectSuccess();
    assertThat(installed.err())
        .contains(
            "removing /etc/pacman.d/90-gone.conf, a link that leads nowhere",
            "putting /etc/pacman.d/99-qubes-repository-4.0.conf away");
    assertThat(client.run("pacman-conf --repo-list").lines()).containsExactly("mine", "core");
    String conf = Files.readString(client.file("etc/pacman.conf"));
    client.run("sh /srv/mine/install-mine.sh < /dev/null").expectSuccess();
    assertThat(client.file("etc/pacman.conf")).hasContent(conf);
    assertThat(client.run("ls /etc/pacman.d").lines())
        .containsExactly("80-mine.conf", "99-qubes-repository-4.0.conf.pacsave", "gnupg");
    client.run("pacman -S --noconfirm old < /dev/null && test -e /opt/old").expectSuccess();

    configure("first", "keyring: {next: ../second.gpg}\nclient: {priority: supplement}");
    publish();
    Command.Output moved = client.run("pacman -Syu --noconfirm < /dev/null").expectSuccess();
    assertThat(client.file("etc/pacman.conf"))
        .as(moved.toString())
        .content()
        .contains("Include = /etc/pacman.d/95-mine.conf")
        .doesNotContain("80-mine");
    client.run("pacman -R --noconfirm mine-keyring").expectSuccess();
    assertThat(client.file("etc/pacman.conf")).content().doesNotContain("Include");
    assertThat(client.run("pacman -Sy").expectSuccess().out()).doesNotContain("mine");
  }

  @Test
  void theOfficialKeyringIsReplacedAndWhatWasConfiguredByHandStays() throws IOException {
    configure("first", "keyring: {replace-official: true}");
    publish(official());
    ClientMachine client = machine("c");
    client.write("etc/pacman.conf", QUBES_CONF);
    client.write("etc/pacman.d/10-qubes-options.conf", "[options]\nColor\n");
    Path certificate = scratch.path().resolve("first.gpg");
    Files.copy(certificate, tree.resolve("first.gpg"));
    client
        .run(
            """
            set -e
            pacman-key --init
            pacman-key --add /srv/mine/first.gpg
            pacman-key --lsign-key %s
            printf '[mine]\\nServer = file:///srv/mine\\n' >> /etc/pacman.conf
            pacman -Sy --noconfirm qubes-vm-repo
            test -L /etc/pacman.d/90-qubes-current.conf
            """
                .formatted(first))
        .expectSuccess();
    Path other = tree.resolve("qubes-r4.3-current.db.tar.gz");
    Command.of("repo-add", "-q", other.toString()).run().expectSuccess();
    Command.Output replaced = client.run("pacman -Syu --noconfirm < /dev/null").expectSuccess();
    assertThat(replaced.out())
        .contains(
            "removing /etc/pacman.d/90-qubes-current.conf, a link that leads nowhere",
            "[mine] is configured elsewhere too");
    Command.Output state = client.run("pacman -Q; pacman-conf --repo-list").expectSuccess();
    assertThat(state.err()).isEmpty();
    assertThat(state.lines()).hasSize(2).first().asString().startsWith("qubes-vm-keyring 2");
    assertThat(state.lines()).last().isEqualTo("mine");
    assertThat(client.run("pacman -Sy").expectSuccess().err()).isEmpty();
  }

  /** A package that does what upstream's does: the same files, a drop-in behind a link. */
  private Path official() throws IOException {
    PackageWriter writer =
        new PackageWriter(
                new PackageName("qubes-vm-repo"),
                new PackageVersion("4.3.7-1"),
                Architecture.ANY,
                Instant.ofEpochSecond(1_700_000_000))
            .field("replaces", "qubes-vm-keyring")
            .install(
                "post_install() {\n  ln -s 90-qubes-current.conf.disabled"
                    + " etc/pacman.d/90-qubes-current.conf\n}\n")
            .file("usr/share/pacman/keyrings/qubesos-vm.gpg", 0644, new byte[0])
            .file("usr/share/pacman/keyrings/qubesos-vm-trusted", 0644, new byte[0])
            .file("usr/share/pacman/keyrings/qubesos-vm-revoked", 0644, new byte[0])
            .file(
                "etc/pacman.d/90-qubes-current.conf.disabled",
                0644,
                "[qubes-r4.3-current]\nServer = file:///srv/mine\nSigLevel = Never\n"
                    .getBytes(StandardCharsets.UTF_8));
    Path file = scratch.folder("packages").resolve(writer.fileName(Compression.ZSTD));
    try (OutputStream out = Files.newOutputStream(file)) {
      writer.writeTo(out, Compression.ZSTD);
    }
    return file;
  }
}
