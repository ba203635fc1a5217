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
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.qrepo.alpm.Architecture;
import org.qrepo.alpm.PackageName;
import org.qrepo.alpm.PackageVersion;
import org.qrepo.alpm.PackageWriter;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;
import org.qrepo.io.Compression;

/**
 * The signing key of a repository is replaced as {@code key rotate} says, and the real pacman of a
 * client follows without a question; a client that slept through it is brought back by the commands
 * of the landing page.
 */
class RotationIT {
  private static final String CONF =
      """
      [options]
      Architecture = auto
      SigLevel = Required
      Include = /etc/pacman.d/*.conf
      """;
  private static final String REST =
      """
      repository: {name: mine, release: r4.3}
      targets: {web: {url: ../tree, server: 'file:///srv/mine', page: true}}
      """;
  private static final int NOBODY_CHECKED = 8;

  private Scratch scratch;
  private Path home;
  private Path tree;
  private String first;

  @BeforeEach
  void setUp() throws IOException {
    scratch = new Scratch();
    home = scratch.folder("home");
    tree = scratch.folder("tree");
    configure("");
    first =
        text(
            qrepo(0, "key", "generate", "Mine <mine@example.org>", "--no-passphrase"),
            "fingerprint");
    configure("signing:\n  key-file: keys/" + first + ".secret.asc\n");
  }

  @AfterEach
  void close() {
    scratch.close();
  }

  private void configure(String lines) {
    scratch.file("home/qrepo.yml", REST + lines);
  }

  private Json qrepo(int code, String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.add("--json");
    Run run = Run.of(home, Map.of("HOME", home.toString()), all);
    assertThat(run.code()).as(String.join(" ", words) + "\n" + run).isEqualTo(code);
    return Json.of(run.out());
  }

  private static String text(Json json, String name) {
    return json.text(name);
  }

  private String stage() {
    return qrepo(0, "key", "rotate", "status").text("stage");
  }

  /** The lines for qrepo.yml that a step prints. */
  private static String lines(Json answer) {
    List<?> lines = (List<?>) answer.get("configuration");
    assertThat(lines).isNotEmpty();
    return String.join("\n", lines.stream().map(Object::toString).toList()) + "\n";
  }

  private void publish(Path... packages) {
    List<String> words = new ArrayList<>(List.of("publish", "--with-keyring", "--to", "web"));
    Stream.of(packages).map(Path::toString).forEach(words::add);
    qrepo(NOBODY_CHECKED, words.toArray(String[]::new));
  }

  private Path pack(String name) throws IOException {
    PackageWriter writer =
        new PackageWriter(
                new PackageName(name),
                new PackageVersion("1-1"),
                Architecture.ANY,
                Instant.ofEpochSecond(1_700_000_000))
            .file("opt/" + name, 0644, name.getBytes(StandardCharsets.UTF_8));
    Path file = scratch.folder("packages").resolve(writer.fileName(Compression.ZSTD));
    try (OutputStream out = Files.newOutputStream(file)) {
      writer.writeTo(out, Compression.ZSTD);
    }
    return file;
  }

  private ClientMachine client(String name) {
    ClientMachine client = new ClientMachine(scratch.path().resolve(name), tree);
    client.write("etc/pacman.conf", CONF);
    client.write("etc/pacman.d/10-options.conf", "[options]\nNoUpgrade = etc/pam.d/su-l\n");
    client.makeOwnKey();
    return client;
  }

  /** The commands of a section of the landing page, with nobody to answer questions. */
  private String page(String section) throws IOException {
    Json facts = Json.of(Files.readString(tree.resolve("repo.json")));
    List<String> commands = new ArrayList<>(List.of("set -e", "exec < /dev/null"));
    for (Json step : facts.objects(section)) {
      ((List<?>) step.get("commands")).forEach(c -> commands.add(c.toString()));
    }
    return String.join("\n", commands).replaceAll("(?m)^pacman -S.*$", "$0 --noconfirm") + "\n";
  }

  private static Command.Output install(ClientMachine client, String... packages) {
    return client.run(
        "rm -rf /var/cache/pacman/pkg/*; pacman -Syy --noconfirm "
            + String.join(" ", packages)
            + " < /dev/null");
  }

  private static Command.Output upgrade(ClientMachine client) {
    return client.run("pacman -Syu --noconfirm < /dev/null").expectSuccess();
  }

  @Test
  void theKeyIsReplacedAndClientsFollow() throws IOException {
    publish(pack("old"));
    byte[] oldSignature = Files.readAllBytes(tree.resolve("old-1-1-any.pkg.tar.zst.sig"));
    assertThat(page("recovery")).doesNotContain("pacman");
    ClientMachine client = client("c");
    ClientMachine late = client("l");
    client.run(page("setup")).expectSuccess();
    late.run(page("setup")).expectSuccess();
    assertThat(client.run("pacman-conf --repo-list").out()).isEqualTo("mine\n");

    Json begun = qrepo(0, "key", "rotate", "begin", "--no-passphrase");
    String second = begun.text("fingerprint");
    configure("signing:\n  key-file: keys/" + first + ".secret.asc\n" + lines(begun));
    assertThat(stage()).isEqualTo("ship");
    publish();
    upgrade(client);
    assertThat(client.run("pacman-key -l " + second).expectSuccess().out()).contains("full");

    Json shipped = qrepo(0, "key", "rotate", "status");
    assertThat(shipped.text("stage")).isEqualTo("switch");
    configure(lines(shipped));
    publish(pack("new"));
    assertThat(install(client, "new").expectSuccess().out()).doesNotContain("Import");
    assertThat(client.file("opt/new")).exists();
    install(client, "old").expectSuccess();

    assertThat(stage()).isEqualTo("resign");
    assertThat(qrepo(3, "key", "rotate", "revoke").findings()).containsExactly("key-still-needed");
    assertThat(qrepo(0, "key", "rotate", "resign", "--dry-run").number("read-bytes"))
        .isEqualTo(Files.size(tree.resolve("old-1-1-any.pkg.tar.zst")));
    qrepo(NOBODY_CHECKED, "key", "rotate", "resign");
    Json revocation = qrepo(0, "key", "rotate", "revoke");
    assertThat(revocation.text("stage")).isEqualTo("revoke");
    configure(
        Files.readString(home.resolve("qrepo.yml"))
                .replace(REST, "")
                .replaceAll("  trusted: .*\n", "")
                .replace("#", "# ")
            + lines(revocation).replace("signing:\n  trusted: []\n", ""));
    assertThat(stage()).isEqualTo("withdraw");
    publish();
    assertThat(stage()).isEqualTo("steady");

    assertThat(upgrade(client).out()).contains("Disabling revoked keys");
    install(client, "old", "new", "mine-keyring").expectSuccess();
    byte[] newSignature = Files.readAllBytes(tree.resolve("old-1-1-any.pkg.tar.zst.sig"));
    Files.write(tree.resolve("old-1-1-any.pkg.tar.zst.sig"), oldSignature);
    Command.Output refused = install(client, "old");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("old: key \"Mine <mine@example.org>\" is disabled");
    Files.write(tree.resolve("old-1-1-any.pkg.tar.zst.sig"), newSignature);

    assertThat(install(late, "new").code()).as("a client that knows the old key only").isEqualTo(1);
    assertThat(page("recovery"))
        .contains("lsign-key " + second)
        .doesNotContain("lsign-key " + first);
    assertThat(Files.readString(tree.resolve("index.html"))).contains("missed a change of keys");
    late.run(page("recovery")).expectSuccess();
    install(late, "old", "new").expectSuccess();
    assertThat(late.run("pacman -Q").out()).contains("mine-keyring 2", "new 1-1", "old 1-1");
  }

  /** What an upgrade of the release leaves: links to nowhere, stubs, and the old repository. */
  @Test
  void aClientOfAnOlderReleaseIsMoved() throws IOException {
    configure("signing:\n  key-file: keys/" + first + ".secret.asc\n");
    publish(pack("old"));
    ClientMachine client = client("c");
    String official = "[qubes-r4.2-current]\nServer = https://archlinux.example.org/r4.2\n";
    client.write("etc/pacman.d/90-qubes-4.2-current.conf.disabled", official);
    client.write("etc/pacman.d/90-qubes-current.conf.disabled", official.replace("4.2", "4.3"));
    client.write("etc/pacman.d/85-mine.conf", "[mine-r4.2]\nServer = https://example.org/4.2\n");
    client.write("etc/pacman.d/99-qubes-repository-4.2.conf", "[mine]\n#Server = https://YOURS\n");
    client
        .run(
            """
            cd /etc/pacman.d
            ln -s 90-qubes-4.2-current.conf.disabled 90-qubes-4.2-current.conf
            ln -s 85-qubes-4.2-current-testing.conf.disabled 85-qubes-4.2-current-testing.conf
            """)
        .expectSuccess();
    assertThat(client.run("pacman -Q").code()).as("a dangling link stops pacman").isEqualTo(1);
    Run script =
        Run.of(
            home,
            Map.of("HOME", home.toString()),
            List.of(
                "client", "migrate", "--from", "4.2", "--to", "4.3", "--old-name", "mine-r4.2"));
    assertThat(script.code()).as(script.toString()).isZero();
    Files.writeString(tree.resolve("migrate.sh"), script.out());

    String withoutOthers = "mv etc/pacman.d/90-qubes-current.conf /tmp; ";
    Command.Output moved = client.run("sh /srv/mine/migrate.sh < /dev/null");
    assertThat(moved.err())
        .contains(
            "removing the link /etc/pacman.d/90-qubes-4.2-current.conf",
            "removing the link /etc/pacman.d/85-qubes-4.2-current-testing.conf",
            "enabling /etc/pacman.d/90-qubes-current.conf",
            "putting /etc/pacman.d/85-mine.conf away",
            "putting /etc/pacman.d/99-qubes-repository-4.2.conf away");
    assertThat(client.run("pacman-conf --repo-list").expectSuccess().lines())
        .containsExactly("mine", "qubes-r4.3-current");
    // The official repository is not there to be asked: without it, everything comes.
    Command.Output again =
        client.run(withoutOthers + "sh /srv/mine/migrate.sh < /dev/null").expectSuccess();
    assertThat(again.err())
        .doesNotContain("putting", "removing")
        .contains("done: pacman uses [mine]");
    client.run("pacman -S --noconfirm old < /dev/null && test -e /opt/old").expectSuccess();
    assertThat(client.run("pacman -Q").out()).contains("mine-keyring 2");
  }
}
