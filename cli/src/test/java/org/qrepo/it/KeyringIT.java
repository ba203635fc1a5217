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
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.qrepo.alpm.Architecture;
import org.qrepo.alpm.PackageName;
import org.qrepo.alpm.PackageVersion;
import org.qrepo.alpm.PackageWriter;
import org.qrepo.client.ClientSteps;
import org.qrepo.client.DropIn;
import org.qrepo.client.DropInPriority;
import org.qrepo.client.QubesRelease;
import org.qrepo.client.ServerUrl;
import org.qrepo.io.Compression;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.RepositoryName;

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

  /** What people are told to type. */
  private String steps() {
    Path certificate = tree.resolve("mine.asc");
    qrepo.run("key", "export", "--out", certificate.toString()).expectSuccess();
    DropIn dropIn =
        DropIn.of(
            new RepositoryName("mine"),
            DropInPriority.OVERRIDE,
            Optional.of(QubesRelease.parse("r4.3")),
            List.of(new ServerUrl("file:///srv/mine")));
    ClientSteps steps =
        new ClientSteps(dropIn, List.of(new Fingerprint(first)), new PackageName("mine-keyring"));
    return "set -e\nexec < /dev/null\n"
        + String.join("\n", steps.all("/srv/mine/mine.asc"))
        + " --noconfirm";
  }

  @Test
  void aNewClientInstallsAndFollowsTheKeys() throws IOException {
    publish(pack("old", "1-1"));
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
  void makepkgMakesTheSameOfTheSources() throws IOException {
    Makepkg makepkg = new Makepkg(scratch);
    Path sources = scratch.path().resolve("sources");
    keyring("sources", sources);
    Path ours = keyring("package", scratch.path().resolve("ours"));
    Path theirs =
        makepkg
            .build(
                "keyring",
                Files.readString(sources.resolve("PKGBUILD")),
                source(sources, "PKGBUILD-keyring-keys"),
                source(sources, "PKGBUILD-keyring-trusted"),
                source(sources, "PKGBUILD-keyring-revoked"),
                source(sources, "PKGBUILD-keyring.install"),
                source(sources, "80-mine.conf"))
            .get(0);
    assertThat(ours.getFileName()).isEqualTo(theirs.getFileName());
    assertThat(fields(ours, ".PKGINFO", "xdata|packager"))
        .isEqualTo(fields(theirs, ".PKGINFO", "xdata|packager"));
    String built = "buildtool.*|buildenv|options|installed|builddir|startdir|packager";
    assertThat(fields(ours, ".BUILDINFO", built)).isEqualTo(fields(theirs, ".BUILDINFO", built));
    assertThat(listing(ours)).isEqualTo(listing(theirs));
    for (String file : Command.of("bsdtar", "-tf", ours.toString()).run().lines()) {
      if (!file.matches(".*/|[.](PKGINFO|BUILDINFO|MTREE)")) {
        assertThat(member(ours, file)).as(file).isEqualTo(member(theirs, file));
      }
    }
  }

  @Test
  void aRevocationByTheOwnerReachesClients() throws IOException {
    String third = key("Third <third@example.org>", "third");
    String text = Files.readString(gpg.path().resolve("openpgp-revocs.d/" + third + ".rev"));
    Path revocation = scratch.file("third.rev", text.replace(":-----BEGIN", "-----BEGIN"));
    gpg.gpg("--import", revocation.toString()).run().expectSuccess();
    Path certificate = scratch.path().resolve("third.gpg");
    Files.delete(certificate);
    gpg.exportCertificate(third, certificate);
    configure("first", "keyring: {keys: [../third.gpg]}");
    assertThat(qrepo.run("keyring", "package").expectCode(3).err()).contains("the key is revoked");
    Path secret = scratch.path().resolve("third.asc");
    Files.delete(secret);
    gpg.exportSecretKey(third, secret);
    configure("third", "");
    for (String command :
        List.of(
            "pacman --installer",
            "migrate --from 4.2",
            "template --templates-server https://example.org/t")) {
      Command.Output told =
          qrepo.command("client").with(List.of(command.split(" "))).run().expectCode(3);
      assertThat(told.err()).contains("the key is revoked", "Sign with another key");
      assertThat(told.out()).as("nobody is told to trust it").isEmpty();
    }

    configure("first", "keyring: {keys: [../third.gpg], revoked: [" + third + "]}");
    Path file = keyring("package", scratch.path().resolve("out"));
    Path keys = scratch.path().resolve("mine.gpg");
    Command.of("sh", "-c", "bsdtar -xOf \"$0\" usr/share/pacman/keyrings/mine.gpg > \"$1\"")
        .with(file.toString(), keys.toString())
        .run()
        .expectSuccess();
    try (GpgHome client = new GpgHome(scratch.path().resolve("g"))) {
      client.gpg("--import", certificate(first).toString()).run().expectSuccess();
      client.gpg("--import", keys.toString()).run().expectSuccess();
      assertThat(client.gpg("--list-keys", "--with-colons").run().lines())
          .filteredOn(line -> line.startsWith("pub:"))
          .extracting(line -> line.substring(0, 5))
          .containsExactlyInAnyOrder("pub:-", "pub:r");
    }
  }

  private Path certificate(String fingerprint) {
    return gpg.exportCertificate(fingerprint, scratch.path().resolve(fingerprint + ".gpg"));
  }

  @Test
  void twoBuildsAreTheSameBytes() throws IOException {
    Path one = keyring("package", scratch.path().resolve("one"));
    Path two = keyring("package", scratch.path().resolve("two"));
    assertThat(two).hasSameBinaryContentAs(one);
    assertThat(two.resolveSibling(two.getFileName() + ".sig"))
        .hasSameBinaryContentAs(one.resolveSibling(one.getFileName() + ".sig"));
    byte[] bytes = Files.readAllBytes(one);
    Files.delete(one.resolveSibling(one.getFileName() + ".sig"));
    assertThat(keyring("package", scratch.path().resolve("one")))
        .isEqualTo(one)
        .hasBinaryContent(bytes);
    assertThat(one.resolveSibling(one.getFileName() + ".sig")).exists();
    assertThat(listing(one))
        .as("nothing but a keyring and a drop-in, for everyone to read")
        .allMatch(line -> line.matches("(drwxr-xr-x|-rw-r--r--) +0 +root +root .*"))
        .filteredOn(line -> !line.matches(".* [.][A-Z]+|.*/"))
        .allMatch(
            line ->
                line.matches(
                    ".* (usr/share/pacman/keyrings/mine(.gpg|-trusted|-revoked)|etc/pacman[.]d/80-mine[.]conf)"))
        .hasSize(4);
  }

  /** Runs {@code qrepo keyring} as on the day of {@link Makepkg}'s packages. */
  private Path keyring(String command, Path folder) {
    return Path.of(
        qrepo
            .command("keyring", command, "--out", folder.toString())
            .env("SOURCE_DATE_EPOCH", Makepkg.BUILD_DATE)
            .run()
            .expectSuccess()
            .lines()
            .get(0));
  }

  private static Makepkg.Source source(Path folder, String name) throws IOException {
    return new Makepkg.Source(name, Files.readString(folder.resolve(name)));
  }

  private static String member(Path archive, String name) {
    return Command.of("bsdtar", "-xOf", archive.toString(), name).run().expectSuccess().out();
  }

  /** Lines {@code key = value} but those of some keys; their order between keys does not matter. */
  private static List<String> fields(Path archive, String member, String but) {
    return member(archive, member)
        .lines()
        .filter(line -> !line.startsWith("#") && !line.matches("(" + but + ") = .*"))
        .sorted()
        .toList();
  }

  /** Modes, owners, sizes, times and names; the sizes of what describes the build differ. */
  private static List<String> listing(Path archive) {
    return Command.of("bsdtar", "-tvf", archive.toString()).run().expectSuccess().lines().stream()
        .map(
            l ->
                l.matches(".* [.](PKGINFO|BUILDINFO|MTREE)")
                    ? l.replaceAll(" +[0-9]+ ([A-Z][a-z]{2} )", " 0 $1")
                    : l)
        .toList();
  }

  @Test
  void theInstallerMakesAnyMachineAClientAndMendsWhatStopsPacman() throws IOException {
    publish(pack("old", "1-1"));
    qrepo.run("client", "pacman", "--installer", "--out", tree.toString()).expectSuccess();
    ClientMachine client = machine("c");
    client.write(
        "etc/pacman.conf",
        """
        [options]
        Architecture = auto

        [core]
        SigLevel = Never
        Server = file:///srv/core
        """);
    client.write("srv/core/core.db", "");
    client.write(
        "etc/pacman.d/99-qubes-repository-4.0.conf", "[mine]\nServer = file:///srv/mine\n");
    client.makeOwnKey();
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

  /** As where the parts of Qubes are installed on a machine that has the repository already. */
  @Test
  void whatIsIncludedTwiceStaysInForce() throws IOException {
    publish(pack("old", "1-1"));
    qrepo.run("client", "pacman", "--installer", "--out", tree.toString()).expectSuccess();
    ClientMachine client = machine("c");
    client.write("etc/pacman.conf", "[options]\nArchitecture = auto\n");
    client.makeOwnKey();
    client.run("sh /srv/mine/install-mine.sh < /dev/null").expectSuccess();
    String both = Files.readString(client.file("etc/pacman.conf")) + QUBES_CONF;
    client.write("etc/pacman.conf", both);
    assertThat(client.run("pacman-conf --repo-list").lines()).containsExactly("mine", "mine");

    Command.Output again = client.run("pacman -S --noconfirm mine-keyring").expectSuccess();
    assertThat(again.out())
        .contains("/etc/pacman.conf included /etc/pacman.d/80-mine.conf twice")
        .doesNotContain("configured elsewhere");
    assertThat(client.run("pacman -Sy; pacman-conf --repo-list").expectSuccess().err()).isEmpty();
    assertThat(client.run("pacman-conf --repo-list").lines()).containsExactly("mine");

    client.write("etc/pacman.conf", both);
    client.run("sh /srv/mine/install-mine.sh < /dev/null").expectSuccess();
    assertThat(client.run("pacman-conf --repo-list").lines()).containsExactly("mine");
    client.write("etc/pacman.conf", QUBES_CONF + "Include = /etc/pacman.d/8*.conf\n");
    client.run("pacman -S --noconfirm mine-keyring").expectSuccess();
    assertThat(client.run("pacman-conf --repo-list").lines()).containsExactly("mine", "mine");
  }

  @Test
  void theInstallerLeavesAMachineAloneWhoseConfigurationPacmanCannotRead() {
    publish();
    qrepo.run("client", "pacman", "--installer", "--out", tree.toString()).expectSuccess();
    ClientMachine client = machine("c");
    String conf = "[options]\nArchitecture = auto\n[core]\nInclude = /etc/pacman.d/mirrorlist\n";
    client.write("etc/pacman.conf", conf);
    String before = client.run("ls -A /").out();
    Command.Output refused = client.run("sh /srv/mine/install-mine.sh < /dev/null");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err())
        .contains("/etc/pacman.d/mirrorlist could not be read")
        .endsWith("error: pacman cannot read its configuration: mend it, and run this again\n");
    assertThat(client.run("ls -A /").out()).isEqualTo(before);
    assertThat(client.file("etc/pacman.conf")).hasContent(conf);
  }

  /** The new key signs the database already, and the old one has signed the packages. */
  @Test
  void theInstallerKnowsTheKeysThatAChangeOfKeysNeeds() throws IOException {
    publish(pack("old", "1-1"));
    configure("second", "");
    qrepo.command().with("publish", pack("new", "1-1").toString()).run().expectCode(8);
    qrepo.run("client", "pacman", "--installer", "--out", tree.toString()).expectSuccess();
    ClientMachine client = machine("c");
    client.write("etc/pacman.conf", QUBES_CONF);
    client.makeOwnKey();
    assertThat(client.run("sh /srv/mine/install-mine.sh < /dev/null").expectSuccess().err())
        .endsWith("done: pacman uses [mine]\n");
    client.run("pacman -S --noconfirm old new < /dev/null && test -e /opt/old").expectSuccess();
  }

  @Test
  void theOfficialKeyringIsReplacedAndWhatWasConfiguredByHandStays() throws IOException {
    configure("first", "keyring: {replace-official: true}");
    publish(official());
    ClientMachine client = machine("c");
    client.write("etc/pacman.conf", QUBES_CONF);
    client.write("etc/pacman.d/10-qubes-options.conf", "[options]\nColor\n");
    client.makeOwnKey();
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
