package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.qrepo.cli.Json;
import org.qrepo.cli.Workplace;
import org.qrepo.io.Digests;
import org.qrepo.rpm.SampleRpm;
import org.qrepo.sign.NewKey;
import org.qrepo.sign.TestKeys;

/**
 * A real dnf, behind a real web server, reads what is published, with the definition that is made
 * for dom0, in the way that the helper of dom0's {@code qvm-template} calls it.
 */
class TemplateRepositoryIT {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._+][A-Za-z0-9._+-]*");
  private static final Pattern EVR = Pattern.compile("[A-Za-z0-9._+~]*");
  private static final Pattern LICENSE = Pattern.compile("[A-Za-z0-9._+()][A-Za-z0-9._+()-]*");

  private final Scratch scratch = new Scratch();
  private Workplace here;
  private Nginx server;
  private Path rpms;

  @BeforeEach
  void publishTwo() throws IOException {
    Programs.require("rpmbuild", "rpmkeys", "dnf", "nginx");
    here = new Workplace(scratch.folder("work"));
    Path web = Files.createDirectories(here.path("web"));
    server = Nginx.serve(scratch.path().resolve("nginx"), web);
    configure("");
    rpms = Files.createDirectories(here.path("rpms"));
    build("archlinux", "4.3.0", "202611010101");
    build("minimal", "4.3.0", "202611020202");
    here.ok("publish", "rpms");
  }

  private void configure(String more) {
    here.configure(
        "web: { url: web/pkgs, templates: web/templates, templates-server: '"
            + server.url()
            + "/templates' }"
            + more);
  }

  @AfterEach
  void tidy() {
    server.close();
    scratch.close();
  }

  private Path build(String name, String version, String release) throws IOException {
    String folder = "/var/lib/qubes/vm-templates/" + name;
    Path built =
        SampleRpm.bare()
            .set("Name", "qubes-template-" + name)
            .set("Version", version)
            .set("Release", release)
            .description("A template.\n\nWith <several> lines & more.")
            .file(folder + "/root.img.part.00", "head -c 300000 /dev/urandom")
            .file(folder + "/template.conf", "echo virt-mode=pvh")
            .section("%pre\nexit 0")
            .build(scratch.path());
    return Files.move(built, rpms.resolve(built.getFileName()));
  }

  /** One that asks for the first time, with the definition that is there. */
  private Dnf stranger(String home) {
    return new Dnf(scratch.path().resolve(home), here.path("definitions"), "t-templates");
  }

  /** What {@code client template} makes, with the key where the test may put it. */
  private Dnf dnf(String... more) throws IOException {
    List<String> words = new ArrayList<>(List.of("client", "template", "--out", "dom0"));
    words.addAll(List.of(more));
    here.ok(words.toArray(String[]::new));
    Path definition = here.path("dom0/t.repo");
    String text = Files.readString(definition);
    String key = "file:///etc/qubes/repo-templates/keys/RPM-GPG-KEY-t";
    assertThat(text).contains("gpgkey = " + key + "\n");
    Path definitions = Files.createDirectories(here.path("definitions"));
    Files.writeString(
        definitions.resolve("t.repo"),
        text.replace(key, here.path("dom0/RPM-GPG-KEY-t").toUri().toString()));
    return new Dnf(scratch.path().resolve("dnf"), definitions, "t-templates");
  }

  @Test
  void dom0ListsAndFetchesWhatWasPublished() throws IOException {
    Dnf dnf = dnf("--repo-gpgcheck", "--release", "4.3").requireDownload();
    Command.Output listing = dnf.listing().expectSuccess();
    assertListed(listing.out(), Map.of("archlinux", "202611010101", "minimal", "202611020202"));

    Path target = scratch.folder("fetched");
    dnf.run("download", "--destdir=" + target, "qubes-template-archlinux").expectSuccess();
    String name = "qubes-template-archlinux-4.3.0-202611010101.noarch.rpm";
    assertThat(target.resolve(name)).hasSameBinaryContentAs(here.path("web/templates/rpm/" + name));
    assertThat(dnf.run("download", "--url", "qubes-template-minimal").expectSuccess().out().strip())
        .isEqualTo(
            server.url() + "/templates/rpm/qubes-template-minimal-4.3.0-202611020202.noarch.rpm");
    assertThat(checked(here.path("dom0/RPM-GPG-KEY-t"), target.resolve(name)))
        .isEqualTo("-: digests signatures OK\n");
    assertThat(dnf.run("config-manager", "--dump", "t-templates").expectSuccess().out())
        .contains("gpgcheck = 1", "repo_gpgcheck = 1", "enabled = 1")
        .contains("baseurl = " + server.url() + "/templates\n")
        .contains("name = Templates of t for Qubes OS 4.3");
    // The package's own signature is what dnf asks for before it installs.
    Command.Output installed =
        dnf.run("install", "--setopt=tsflags=test", "qubes-template-archlinux");
    assertThat(installed.err()).doesNotContain("GPG", "not signed");
  }

  /** Every rule of dom0's parser, on the whole output. */
  private void assertListed(String listing, Map<String, String> releases) throws IOException {
    assertThat(listing).matches("\\p{ASCII}*").hasSizeLessThan(1 << 20);
    String[] fields = listing.split("\\|\n?", -1);
    assertThat(fields).hasSize(11 * releases.size() + 1);
    List<String> seen = new ArrayList<>();
    for (int i = 0; i + 10 < fields.length; i += 11) {
      assertThat(fields[i]).matches(NAME).startsWith("qubes-template-");
      assertThat(fields[i + 1]).isEqualTo("0");
      assertThat(fields[i + 2]).matches(EVR);
      assertThat(fields[i + 3]).matches(EVR);
      assertThat(fields[i + 4]).matches(NAME).isEqualTo("t-templates");
      Path file =
          here.path(
              "web/templates/rpm/%s-%s-%s.noarch.rpm"
                  .formatted(fields[i], fields[i + 2], fields[i + 3]));
      assertThat(Long.parseLong(fields[i + 5])).isEqualTo(Files.size(file));
      assertThat(fields[i + 6]).matches("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}");
      assertThat(fields[i + 7]).matches(LICENSE);
      assertThat(fields[i + 8]).isEqualTo("https://example.org");
      assertThat(fields[i + 9]).isEqualTo("Qubes template for archlinux");
      assertThat(fields[i + 10]).isEqualTo("A template.\n\nWith <several> lines & more.");
      seen.add(fields[i].substring("qubes-template-".length()) + "=" + fields[i + 3]);
    }
    assertThat(seen)
        .containsExactlyInAnyOrderElementsOf(
            releases.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
  }

  /** As dom0's {@code verify_rpm} does it: an empty database, the key file, standard input. */
  private String checked(Path keys, Path rpm) throws IOException {
    Path database = Files.createTempDirectory(scratch.path(), "rpmdb");
    Command.of("rpmkeys", "--dbpath=" + database, "--import", keys.toString())
        .run()
        .expectSuccess();
    return Command.of(
            "sh",
            "-c",
            "exec rpmkeys --dbpath='"
                + database
                + "' --define='_pkgverify_level all' --define='_pkgverify_flags 0x0' --checksig - <'"
                + rpm
                + "'")
        .run()
        .out();
  }

  @Test
  void dnfFollowsEveryChange() throws IOException {
    Dnf dnf = dnf("--repo-gpgcheck");
    build("archlinux", "4.3.0", "202611030303");
    here.ok("publish", "rpms");
    assertThat(names(dnf))
        .containsExactly(
            "archlinux-202611010101", "archlinux-202611030303", "minimal-202611020202");
    here.ok("templates", "remove", "minimal", "qubes-template-archlinux-4.3.0-202611010101");
    assertThat(names(dnf)).containsExactly("archlinux-202611030303");
    assertThat(here.ok("templates", "list").out())
        .isEqualTo("qubes-template-archlinux 4.3.0-202611030303\n");
    here.ok("templates", "rollback");
    assertThat(names(dnf)).hasSize(3);
    assertThat(here.ok("templates", "log").out())
        .contains("(seq 4)", "(seq 1)", "    - qubes-template-minimal-4.3.0-202611020202");
    assertThat(here.ok("templates", "verify", "--deep").out())
        .contains("3 templates", "all templates are as dom0 wants them");
    assertThat(here.ok("templates", "prune", "--keep", "0", "--grace", "0").out())
        .contains("announced generation");
    Json list = Json.of(here.ok("templates", "list", "--json").out());
    assertThat(list.each("templates", "template"))
        .containsExactly("archlinux", "archlinux", "minimal");
  }

  private static List<String> names(Dnf dnf) {
    return dnf.run("repoquery", "--qf=%{name}-%{release}", "*")
        .expectSuccess()
        .out()
        .lines()
        .map(line -> line.replaceFirst("^qubes-template-", ""))
        .sorted()
        .toList();
  }

  /** Else nothing would show that the signature counts. */
  @Test
  void dnfRefusesWhatWasChangedBesides() throws IOException {
    Dnf dnf = dnf("--repo-gpgcheck");
    assertThat(names(dnf)).hasSize(2);
    Path index = here.path("web/templates/repodata/repomd.xml").toRealPath();
    String text = Files.readString(index);
    Files.writeString(index, text.replace("<revision>", "<revision>1"));
    // A dnf that has nothing of before in its cache; it says nothing and shows nothing.
    Command.Output refused = stranger("altered").listing();
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err()).contains("Importing GPG key");
    assertThat(here.ended(3, "templates", "verify").err()).contains("repodata/repomd.xml");
    assertThat(here.ended(3, "publish", "rpms").err()).contains("Nothing was");
    Files.writeString(index, text);
    assertThat(names(stranger("restored"))).hasSize(2);
  }

  @Test
  void createrepoKeepsEverythingThatWasPublished() throws IOException {
    Programs.require("createrepo_c");
    Path copy = scratch.folder("copy");
    Command.of("cp", "-a", here.path("web/templates").toString(), copy.toString())
        .run()
        .expectSuccess();
    Path templates = copy.resolve("templates");
    Command.Output said =
        Command.of("createrepo_c", "--update", "--skip-stat", "--no-database", "--verbose", ".")
            .in(templates)
            .run()
            .expectSuccess();
    assertThat(said.toString()).contains("Really usable items: 2");
    assertThat(said.toString().lines().filter(line -> line.contains("CACHE HIT"))).hasSize(2);
    // And back: what it made is taken over, with every package read and judged again.
    here.configure("web: { url: web/pkgs, templates: '" + templates + "' }");
    assertThat(here.ended(3, "templates", "list").err()).isNotEmpty();
    here.ok("templates", "adopt");
    assertThat(here.ok("templates", "list").out().lines()).hasSize(2);
  }

  @Test
  void templatesOfAllTrustedKeysInstall() throws IOException {
    NewKey other = TestKeys.rsa2048();
    here.write("other.asc", other.secretKey());
    here.write("other-cert.asc", other.certificate());
    Path theirs = build("theirs", "4.3.0", "1");
    here.ok("sign", "--key", here.path("other.asc").toString(), theirs.toString());
    here.ok("publish", "--trust", "other-cert.asc", theirs.toString());
    here.ok("client", "template", "--trust", "other-cert.asc", "--out", "dom0");
    Path keys = here.path("dom0/RPM-GPG-KEY-t");
    assertThat(Files.readString(keys).split("BEGIN PGP PUBLIC KEY BLOCK", -1)).hasSize(3);
    try (Stream<Path> files = Files.list(here.path("web/templates/rpm"))) {
      for (Path rpm : files.toList()) {
        assertThat(checked(keys, rpm)).isEqualTo("-: digests signatures OK\n");
      }
    }
  }

  @Test
  void theLandingPageShowsHowTheyAreInstalled() throws IOException {
    here.sample("hello", "1-1");
    here.ok("publish", "packages");
    here.ok("client", "page", "--server", "https://example.org/mine", "--out", "page");
    assertThat(Files.readString(here.path("page/index.html")))
        .contains("qvm-template --repoid=t-templates install archlinux")
        .contains(server.url() + "/templates/rpm/qubes-template-minimal-4.3.0-202611020202");
    Json facts = Json.of(Files.readString(here.path("page/repo.json")));
    assertThat(facts.each("templates", "name")).containsExactly("archlinux", "minimal");
    assertThat(facts.each("templates", "version"))
        .containsExactly("4.3.0-202611010101", "4.3.0-202611020202");
  }

  @Test
  void theCommandsForDom0PutTheFilesThere() throws IOException {
    here.ok("client", "template", "--out", "dom0", "--qube", "publisher");
    String steps = Files.readString(here.path("dom0/t-templates-dom0.txt"));
    assertThat(steps)
        .contains(
            "qvm-run --pass-io publisher 'cat " + here.path("dom0/t.repo") + "' > /tmp/t.repo\n",
            "sudo install -m 0644 /tmp/t.repo /etc/qubes/repo-templates/\n",
            "sudo install -m 0644 /tmp/RPM-GPG-KEY-t /etc/qubes/repo-templates/keys/\n",
            "qvm-template --repoid=t-templates list --available\n",
            here.key().fingerprint().grouped());
    // The sums are those of the files that were written.
    for (String name : List.of("t.repo", "RPM-GPG-KEY-t")) {
      byte[] bytes = Files.readAllBytes(here.path("dom0/" + name));
      assertThat(steps)
          .contains(
              "echo '"
                  + Digests.of(bytes, java.util.Set.of()).sha256()
                  + "  /tmp/"
                  + name
                  + "' | sha256sum --check\n");
    }
    // Every line is one that a shell reads.
    Path script = scratch.file("steps.sh", steps);
    Command.of("sh", "-n", script.toString()).run().expectSuccess();
    assertThat(new String(Files.readAllBytes(script), StandardCharsets.US_ASCII)).isEqualTo(steps);
    Json json = Json.of(here.ok("client", "template", "--release", "4.3", "--json").out());
    assertThat(json.text("id")).isEqualTo("t-templates");
    assertThat(json.text("path")).isEqualTo("/etc/qubes/repo-templates/t.repo");
    assertThat(json.text("text")).contains("# repo_gpgcheck = 1\n", "for Qubes OS 4.3");
  }
}
