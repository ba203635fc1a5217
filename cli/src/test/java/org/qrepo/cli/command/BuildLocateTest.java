package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;
import org.qrepo.cli.Workplace;
import org.qrepo.cli.build.SampleBuilder;
import org.qrepo.rpm.SampleRpm;

/** What is found in trees of both builders, and published from them. */
class BuildLocateTest {
  private static final String MIRROR = "qubes-packages-mirror-repo/vm-archlinux/pkgs/";
  private static final String DATABASE = "qubes-src/core-qubesdb/pkgs/vm-archlinux/";

  @TempDir private Path directory;
  private Workplace here;
  private Path builder;

  @BeforeEach
  void begin() {
    here = new Workplace(directory);
    builder = here.path("builder");
    configure("core-qubesdb");
  }

  private void configure(String components) {
    configure(components, "web: { url: repository }");
  }

  private void configure(String components, String target) {
    here.configure(target);
    String text = text(here.path("qrepo.yml"));
    here.write(
        "qrepo.yml", text + "build:\n  builder: builder\n  components: [" + components + "]\n");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static SamplePackage sample(String name, String version, String base) {
    return SamplePackage.of(name, version).base(base);
  }

  private static SamplePackage database(String version) {
    return SamplePackage.of("qubes-db-vm", version);
  }

  private Json located(int code) {
    return Json.of(here.ended(code, "build", "locate", "--json").out());
  }

  private Path inBuilder(String name) throws IOException {
    Path file = builder.resolve(name);
    Files.createDirectories(file.getParent());
    return file;
  }

  @Test
  void theNewestIsTakenByVersionAndCountsOnce() {
    SampleBuilder.classic(builder)
        .builds("core-qubesdb", database("4.3.9-1"))
        .builds("core-qubesdb", database("4.3.10-1"));
    Run run = here.ok("build", "locate");
    assertThat(run.out())
        .isEqualTo("qubes-db-vm 4.3.10-1  " + DATABASE + "qubes-db-vm-4.3.10-1-any.pkg.tar.zst\n");
    assertThat(run.err())
        .contains("==> 1 older or other file is left out")
        .contains("qubes-db-vm 4.3.9-1: older than 4.3.10-1 (" + DATABASE)
        .doesNotContain("warning:");
    assertThat(located(0).objects("packages").get(0).text("component")).isEqualTo("core-qubesdb");
  }

  /** After the component was built anew elsewhere, the mirror is all that holds the old ones. */
  @Test
  void whatTheMirrorKeepsForEverIsLeftOut() throws IOException {
    SampleBuilder tree = SampleBuilder.classic(builder);
    tree.builds(
        "core-agent-linux",
        sample("qubes-vm-core", "4.3.1-1", "qubes-vm-core"),
        sample("qubes-vm-dropped", "4.3.1-1", "qubes-vm-core"));
    Files.delete(
        inBuilder(
            "qubes-src/core-agent-linux/pkgs/vm-archlinux/"
                + sample("qubes-vm-dropped", "4.3.1-1", "qubes-vm-core").fileName()));
    tree.builds("core-agent-linux", sample("qubes-vm-core", "4.3.2-1", "qubes-vm-core"));
    sample("qubes-vm-networking", "4.3.0-1", "its-own-once").writeTo(builder.resolve(MIRROR));
    configure("core-agent-linux");
    Json json = located(0);
    assertThat(json.each("packages", "name")).containsExactly("qubes-vm-core");
    assertThat(json.each("left-out", "what"))
        .containsExactlyInAnyOrder(
            "qubes-vm-core 4.3.1-1", "qubes-vm-dropped 4.3.1-1", "qubes-vm-networking 4.3.0-1");
    assertThat(json.each("left-out", "reason"))
        .contains("older than 4.3.2-1", "the last build of core-agent-linux made none");
    assertThat(json.each("warnings", "reason"))
        .containsExactly("its build gave no qubes-vm-networking, qubes-vm-passwordless-root");
  }

  @Test
  void ofTwoBuildsOfOneVersionTheNotedOneIsTaken() throws IOException {
    SampleBuilder tree = SampleBuilder.classic(builder);
    tree.builds("core-qubesdb", database("1-1").file("a", "the last build"));
    Path other = inBuilder(MIRROR + "again-1-1-any.pkg.tar.zst");
    database("1-1").file("a", "another build").writeAs(other);
    Files.setLastModifiedTime(other, FileTime.fromMillis(System.currentTimeMillis() + 100_000));
    Json json = located(0);
    assertThat(json.each("packages", "file"))
        .containsExactly(builder.resolve(DATABASE + database("1-1").fileName()).toString());
    assertThat(json.each("left-out", "reason"))
        .containsExactly("another build of this version is the last one");
  }

  /** A package may move from one PKGBUILD to another. */
  @Test
  void ofOneNameThereIsOne() {
    SampleBuilder.classic(builder)
        .builds("core-qubesdb", sample("qubes-db-vm", "4.3-1", "old-base"))
        .builds("gui-common", sample("qubes-db-vm", "4.4-1", "new-base"));
    Json json = located(0);
    assertThat(json.each("packages", "version")).containsExactly("4.4-1");
    assertThat(json.each("left-out", "what")).containsExactly("qubes-db-vm 4.3-1");
  }

  @Test
  void namesOfFilesProveNothing() throws IOException {
    SampleBuilder tree = SampleBuilder.classic(builder);
    tree.builds("core-qubesdb", database("2-1"));
    Files.writeString(inBuilder(MIRROR + "qubes-db-vm-9-1-any.pkg.tar.zst"), "no package");
    Json json = located(3);
    assertThat(json.each("packages", "version")).containsExactly("2-1");
    assertThat(json.objects("findings")).hasSize(1);
    assertThat(here.ended(3, "publish", "--from-builder").err())
        .contains("qubes-db-vm-9-1-any.pkg.tar.zst", "delete it, or build it again")
        .contains("Nothing was changed.");
    assertThat(here.path("repository")).doesNotExist();
  }

  @Test
  void linksOutOfTheTreeAreRefused() throws IOException {
    SampleBuilder.classic(builder).builds("core-qubesdb", database("2-1"));
    here.sample("qubes-db-vm", "3-1");
    Path link = inBuilder(MIRROR + "qubes-db-vm-3-1-any.pkg.tar.zst");
    Path outside = here.path("packages/qubes-db-vm-3-1-any.pkg.tar.zst");
    Files.createSymbolicLink(link, outside);
    Json json = located(3);
    assertThat(json.each("packages", "version")).containsExactly("2-1");
    assertThat(json.each("findings", "id")).containsExactly("builder-link-outside");
    assertThat(json.each("findings", "reason"))
        .containsExactly("leads out of the builder's directory, to " + outside);
    assertThat(here.ended(3, "publish", "--from-builder").err()).contains("leads out of");

    Files.delete(link);
    Files.createSymbolicLink(link, builder.resolve(DATABASE + database("2-1").fileName()));
    assertThat(located(0).objects("packages")).hasSize(1);
    Files.delete(link);
    Files.createSymbolicLink(link, Path.of("nowhere"));
    assertThat(located(3).each("findings", "id")).containsExactly("builder-link-broken");
    Files.delete(link);
    Files.createSymbolicLink(builder.resolve("qubes-src/evil"), here.path("."));
    Files.createDirectories(here.path("pkgs"));
    Files.createSymbolicLink(here.path("pkgs/vm-archlinux"), here.path("packages"));
    assertThat(located(3).each("findings", "id")).containsOnly("builder-link-outside");
  }

  @Test
  void aListThatNamesOtherPlacesIsRefused() throws IOException {
    SampleBuilder.classic(builder).builds("core-qubesdb", database("2-1"));
    Files.writeString(
        inBuilder(DATABASE + "archlinux.list"), "pkgs/vm-archlinux/../../../../../etc/passwd\n");
    assertThat(located(3).each("findings", "id")).containsExactly("builder-notes");
    Files.writeString(inBuilder(DATABASE + "archlinux.list"), "x".repeat(300_000));
    assertThat(located(3).each("findings", "reason")).containsExactly("is longer than 256 KiB");
    Files.delete(inBuilder(DATABASE + "archlinux.list"));
    assertThat(located(0).each("packages", "version")).containsExactly("2-1");
  }

  @Test
  void whatIsMissingOrStaleIsSaid() throws IOException {
    SampleBuilder tree = SampleBuilder.classic(builder);
    tree.builds("core-qubesdb", database("4.3.1-1"));
    tree.file("qubes-src/core-qubesdb/version", "4.3.2\n");
    tree.builds("gui-agent-linux", sample("qubes-vm-gui", "4.3.1-1", "qubes-vm-gui"));
    tree.file("qubes-src/gui-agent-linux/version", "4.3.1\n");
    tree.builds(
        "own-things", SamplePackage.of("own-new", "2-1"), SamplePackage.of("own-old", "1-1"));
    configure("core-qubesdb, gui-agent-linux, meta-packages, own-other");
    Json json = located(0);
    assertThat(json.each("packages", "name"))
        .containsExactly("qubes-db-vm", "qubes-vm-gui", "own-new", "own-old");
    assertThat(json.each("warnings", "id"))
        .containsExactly(
            "component-stale",
            "component-incomplete",
            "component-missing",
            "component-missing",
            "package-stale");
    assertThat(json.each("warnings", "reason"))
        .containsExactly(
            "its sources are 4.3.2, and its packages 4.3.1-1",
            "its build gave no qubes-vm-pulseaudio or pipewire-qubes",
            "no package of it was built",
            "no package of it was built",
            "is older than the newest of own-things, 2-1");
    Run published = here.ok("publish", "--from-builder");
    assertThat(published.err())
        .contains("warning: core-qubesdb: its sources are 4.3.2")
        .contains("warning: meta-packages: no package of it was built");
    assertThat(here.published("repository")).hasSize(4);
  }

  private void template(String name, String release, String fileName) throws IOException {
    Path rpm =
        SampleRpm.template()
            .set("Name", name)
            .set("Version", "4.0.6")
            .set("Release", release)
            .build(directory);
    Files.move(rpm, inBuilder("qubes-src/linux-template-builder/rpm/noarch/" + fileName));
  }

  @Test
  void theNewestTemplateIsTakenByItsHeader() throws IOException {
    SampleBuilder.classic(builder).builds("core-qubesdb", database("1-1"));
    template("qubes-template-archlinux", "202611010101", "z.rpm");
    template("qubes-template-archlinux", "202611020101", "a.rpm");
    Path noTemplate = SampleRpm.bare().file("/usr/share/x", "echo").build(directory);
    Path rpms = builder.resolve("qubes-src/linux-template-builder/rpm/noarch");
    Files.move(noTemplate, rpms.resolve("sample.rpm"));
    Json json = located(0);
    assertThat(json.each("templates", "file")).containsExactly(rpms.resolve("a.rpm").toString());
    assertThat(json.each("templates", "version")).containsExactly("4.0.6-202611020101");
    assertThat(json.each("left-out", "reason"))
        .containsExactlyInAnyOrder("older than 4.0.6-202611020101", "it is no template");

    configure("core-qubesdb", "web: { url: repository, templates: templates }");
    Run run = here.ok("publish", "--from-builder");
    assertThat(run.err()).contains("Published 1 template in", "qubes-db-vm 1-1");
    assertThat(here.path("templates/rpm/qubes-template-archlinux-4.0.6-202611020101.noarch.rpm"))
        .exists();
    assertThat(here.ok("publish", "--from-builder").err()).contains("Already published");

    Files.write(rpms.resolve("b.rpm"), List.of("no RPM"));
    assertThat(located(3).objects("findings")).hasSize(1);
  }

  @Test
  void templatesGoWhereThereIsAPlaceForThem() throws IOException {
    SampleBuilder.classic(builder).builds("core-qubesdb", database("1-1"));
    template("qubes-template-archlinux", "202611010101", "a.rpm");
    configure(
        "core-qubesdb", "{ web: { url: repository, templates: templates }, other: { url: two } }");
    assertThat(here.ok("publish", "--from-builder", "--to", "web", "--to", "other").err())
        .contains("No templates there");
    assertThat(here.path("templates/repodata/repomd.xml")).exists();
    assertThat(here.published("two")).containsExactly("qubes-db-vm 1-1");
  }

  @Test
  void aPlanIsShownAndSaved() {
    SampleBuilder.classic(builder).builds("core-qubesdb", database("1-1"));
    assertThat(here.ok("publish", "--from-builder", "--dry-run").err())
        .contains("qubes-db-vm 1-1 (new)");
    assertThat(here.path("repository")).doesNotExist();
    here.ok("publish", "--from-builder", "--plan-out", "plan");
    assertThat(here.path("repository")).doesNotExist();
    here.ok("publish", "--plan", "plan");
    assertThat(here.published("repository")).containsExactly("qubes-db-vm 1-1");
    assertThat(here.ended(2, "publish", "--plan", "plan", "--from-builder").err())
        .contains("leave packages and options out");
    String server = here.path("repository").toUri().toString();
    here.ok("publish", "--from-builder", "--with-keyring", "--server", server);
    assertThat(here.published("repository")).hasSize(2);
  }

  @Test
  void whatCannotBeMeantIsSaid() {
    SampleBuilder.classic(builder);
    assertThat(here.ended(2, "publish", "--from-builder", "packages").err())
        .contains("leave the paths out");
    assertThat(here.ended(2, "publish", "--from-builder").err())
        .contains("the builder has made nothing yet");
    assertThat(here.ended(3, "build", "locate", "packages").err()).contains("is no qubes-builder");
    here.configure("web: { url: repository }");
    assertThat(here.ended(2, "publish", "--from-builder").err()).contains("Set build.builder");
    assertThat(here.ok("build", "locate", "builder").err())
        .contains("warning: vmm-xen: no package of it was built", "It gives: qubes-vm-xen.");
  }

  @Test
  void theSecondBuildersVersionsAreRead() throws IOException {
    SampleBuilder tree = SampleBuilder.second(builder);
    tree.buildsVersion("core-qubesdb", "4.3.9-1", database("4.3.9-1"));
    tree.buildsVersion("core-qubesdb", "4.3.10-1", database("4.3.10-1"));
    tree.file("artifacts/sources/core-qubesdb/version", "4.3.10\n");
    SamplePackage utils = SamplePackage.of("qubes-vm-utils", "4.0-1");
    utils.writeAs(
        inBuilder("artifacts/repository/vm-archlinux/linux-utils_4.0-1/" + utils.fileName()));
    Json json = located(0);
    assertThat(json.each("packages", "version")).containsExactly("4.3.10-1", "4.0-1");
    assertThat(json.each("packages", "component")).containsExactly("core-qubesdb", "linux-utils");
    assertThat(json.each("packages", "file").get(0)).contains("/build/pkgs/");
    assertThat(json.each("left-out", "what")).containsExactly("qubes-db-vm 4.3.9-1");
    assertThat(json.objects("warnings")).isEmpty();
    here.ok("publish", "--from-builder");
    assertThat(here.published("repository"))
        .containsExactly("qubes-db-vm 4.3.10-1", "qubes-vm-utils 4.0-1");
  }

  @Test
  void whatTheSecondBuilderMakesNoMoreIsLeftOut() {
    SampleBuilder tree = SampleBuilder.second(builder);
    tree.buildsVersion("core-qubesdb", "4.3.9-1", sample("qubes-dropped", "4.3.9-1", "once"));
    tree.buildsVersion("core-qubesdb", "4.3.10-1", database("4.3.10-1"));
    Json json = located(0);
    assertThat(json.each("packages", "name")).containsExactly("qubes-db-vm");
    assertThat(json.each("left-out", "reason"))
        .containsExactly("the last build of core-qubesdb made none");
  }

  @Test
  void theSecondBuildersNotesAreNotTrusted() throws IOException {
    SampleBuilder tree = SampleBuilder.second(builder);
    tree.buildsVersion("core-qubesdb", "1-1", database("1-1"));
    String info = "artifacts/components/core-qubesdb/1-1/vm-archlinux/build/archlinux.build.yml";
    tree.file(info, "packages: [../../../../../../../etc/passwd]\n");
    assertThat(located(3).each("findings", "id")).containsExactly("builder-notes");
    tree.file(info, "packages: [\n");
    assertThat(located(3).each("findings", "id")).containsExactly("builder-yaml");
    tree.file(info, "packages: &p ['" + database("1-1").fileName() + "']\nfiles: *p\n");
    assertThat(located(0).objects("packages").get(0).get("last-build")).isEqualTo(true);
  }

  @Test
  void artifactsMayLieElsewhere() throws IOException {
    SampleBuilder.second(builder).buildsVersion("core-qubesdb", "1-1", database("1-1"));
    Files.move(builder.resolve("artifacts"), here.path("big"));
    assertThat(located(0).objects("packages")).isEmpty();
    Files.createSymbolicLink(builder.resolve("artifacts"), here.path("big"));
    assertThat(located(3).each("findings", "id")).containsOnly("builder-link-outside");
    here.write("qrepo.yml", text(here.path("qrepo.yml")) + "  artifacts: big\n");
    assertThat(located(0).each("packages", "name")).containsExactly("qubes-db-vm");
  }
}
