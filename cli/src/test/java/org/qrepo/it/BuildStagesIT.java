package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;

/**
 * Builds with real make, git, makepkg and rpmbuild, in directories that are laid out as those of
 * both builders: what fails, what is empty, what is broken off, and what is done again.
 */
class BuildStagesIT {
  private final Scratch scratch = new Scratch();
  private final Path home = scratch.folder("home");
  private final ComponentSources sources = new ComponentSources(scratch.folder("git"));

  @AfterEach
  void tidy() {
    scratch.close();
  }

  @Test
  void theClassicBuilderGoesOnWhereItFailed() throws IOException {
    sources.add("core-a").add("gui-b", "1.0", "gui-b", "echo 'ld: cannot find -lb'; exit 4");
    ClassicBuilder builder = classic("core-a", "gui-b");
    Path mine = scratch.folder("mine");
    configure(builder.directory(), List.of("core-a", "gui-b"), Map.of());

    assertThat(ended(0, "build", "all", "--dry-run").out().lines())
        .containsExactly(
            "make remount",
            "make install-deps",
            "make get-sources",
            "make core-a-vm",
            "make gui-b-vm",
            "make template");
    assertThat(builder.directory().resolve("qubes-src")).doesNotExist();

    Run failed = ended(1, "build", "all");
    assertThat(failed.err())
        .contains("==> Building 1 of 2: core-a", "1 package, ", "log build-logs/core-a-vm-")
        .contains("==> Building 2 of 2: gui-b")
        .contains("error: gui-b: make gui-b-vm ended with status 2")
        .contains("it says: ld: cannot find -lb")
        .contains("The whole log: " + builder.log("gui-b"))
        .contains("the same command goes on with gui-b")
        .doesNotContain("Building template");
    assertThat(builder.packageOf("core-a")).exists();
    assertThat(builder.templates()).isEmpty();

    BuilderFiles.write(mine, ComponentSources.files("1.1", "gui-b", "echo mended"));
    configure(builder.directory(), List.of("core-a", "gui-b"), Map.of("gui-b", mine));
    Object built = Files.getLastModifiedTime(builder.packageOf("core-a"));
    Run again = ended(0, "build", "all", "--json");
    assertThat(again.err())
        .contains("==> Built already: core-a", "==> Building 2 of 2: gui-b")
        .contains("gui-b: taken from " + mine, "qubes-template-archlinux-minimal-4.0.6-");
    Json json = Json.of(again.out());
    assertThat(json.each("steps", "outcome"))
        .containsExactly("done", "done", "done", "skipped", "done", "done");
    assertThat(Files.getLastModifiedTime(builder.packageOf("core-a"))).isEqualTo(built);
    assertThat(builder.packageOf("gui-b", "1.1")).exists();
    assertThat(builder.templates()).hasSize(1);
    assertThat(builder.source("gui-b").resolve("version")).hasContent("1.1");

    Run third = ended(0, "build", "all");
    assertThat(third.err())
        .contains("==> Built already: core-a, gui-b", "template archlinux-minimal");
    assertThat(third.out()).isEmpty();
    assertThat(builder.packageOf("gui-b", "1.1")).exists();
    assertThat(builder.directory().resolve("qubes-src/.qrepo/aside/gui-b/version"))
        .hasContent("1.0");

    assertThat(ended(0, "build", "clean", "--all", "--yes").err())
        .contains("give gui-b its fetched sources back", "chroot-vm-archlinux");
    assertThat(builder.source("gui-b").resolve("version")).hasContent("1.0");
    assertThat(builder.directory().resolve("chroot-vm-archlinux")).doesNotExist();
    assertThat(builder.packageOf("core-a")).exists();
  }

  @Test
  void builderV2IsDrivenByItsOwnCommands() throws IOException {
    sources.add("core-a");
    V2Builder builder = new V2Builder(scratch.path().resolve("b"), sources, List.of("core-a"));
    Path mine = scratch.folder("mine");
    BuilderFiles.write(mine, ComponentSources.files("1.0", "core-a", "echo of mine"));
    configure(builder.directory(), List.of("core-a"), Map.of("core-a", mine));
    assertThat(ended(0, "build", "packages", "--dry-run").out())
        .isEqualTo("./qb -c core-a -d vm-archlinux package fetch prep build\n");

    Run all = ended(0, "-v", "build", "all");
    assertThat(all.err()).contains("core-a: fetch", "==> building core-a", "of mine");
    assertThat(all.out())
        .contains(builder.packageOf("core-a").toString(), builder.templates().get(0).toString());
    assertThat(ended(0, "build", "packages").err()).contains("==> Built already: core-a");
    Run again = ended(0, "build", "packages", "--again");
    assertThat(again.err()).contains("1 package, which the builder had made before");
    assertThat(ended(0, "build", "packages", "--again", "--dry-run").out())
        .isEqualTo(
            "./qb -o skip-git-fetch=true -c core-a -d vm-archlinux package fetch prep build\n");
  }

  /** The classic builder builds older sources anew; v2 passes over what it has built before. */
  @ParameterizedTest
  @ValueSource(strings = {"classic", "v2"})
  void whatWasBuiltLastIsFoundAlsoWhenVersionsGoDown(String kind) throws IOException {
    sources.add("core-a");
    boolean classic = kind.equals("classic");
    configure(
        classic
            ? classic("core-a").directory()
            : new V2Builder(scratch.path().resolve("b"), sources, List.of("core-a")).directory(),
        List.of("core-a"),
        Map.of());
    if (!classic) {
      buildAndFind("1.9");
    }
    buildAndFind("1.10");
    assertThat(buildAndFind("1.9").err().contains("which the builder had made before"))
        .isEqualTo(!classic);
  }

  private Run buildAndFind(String version) {
    sources.add("core-a", version, "core-a", "");
    ended(0, "build", "sources");
    Run built = ended(0, "build", "packages");
    assertThat(built.out()).endsWith("/core-a-" + version + "-1-x86_64.pkg.tar.zst\n");
    Json found = Json.of(ended(0, "build", "locate", "--json").out());
    assertThat(found.each("packages", "file")).containsExactly(built.out().strip());
    return built;
  }

  /** What v2 made of older sources is not taken for what it makes of those that there are. */
  @Test
  void sourcesWithoutPackagesAreNotTakenForBuilt() throws IOException {
    sources.add("core-a");
    V2Builder builder = new V2Builder(scratch.path().resolve("b"), sources, List.of("core-a"));
    configure(builder.directory(), List.of("core-a"), Map.of());
    ended(0, "build", "packages");
    Files.writeString(builder.source("core-a").resolve("version"), "1.1\n");
    Files.delete(builder.source("core-a").resolve("archlinux/PKGBUILD.in"));
    Files.delete(builder.source("core-a").resolve("archlinux"));
    assertThat(ended(1, "build", "packages").err())
        .contains("nothing to be done", "package fetch prep build ended well and made no package");
    assertThat(ended(0, "build", "locate").err()).contains("core-a: its sources are 1.1");
  }

  @Test
  void aBuilderThatDoesNothingWellHasFailed() throws IOException {
    sources.addEmpty("doc-a");
    ClassicBuilder classic = classic("doc-a");
    configure(classic.directory(), List.of("doc-a"), Map.of());
    assertThat(ended(1, "build", "packages").err())
        .contains("error: doc-a: make doc-a-vm ended well and made no package")
        .contains("There are no sources at " + classic.source("doc-a") + ": qrepo build sources")
        .doesNotContain("does not belong into build.components");
    ended(0, "build", "sources");
    assertThat(ended(1, "build", "packages").err())
        .contains("error: doc-a: make doc-a-vm ended well and made no package")
        .contains("Expected, and not written anew: ", "doc-a/pkgs/vm-archlinux/archlinux.list")
        .contains("does not belong into build.components");
    V2Builder second = new V2Builder(scratch.path().resolve("v2"), sources, List.of("doc-a"));
    configure(second.directory(), List.of("doc-a"), Map.of());
    assertThat(ended(1, "build", "packages").err())
        .contains("package fetch prep build ended well and made no package", "archlinux.build.yml")
        .contains("it says: ", "nothing to be done");
    Files.writeString(classic.directory().resolve("scripts/build-template"), "#!/bin/sh\n");
    configure(classic.directory(), List.of("doc-a"), Map.of());
    assertThat(ended(1, "build", "template").err())
        .contains("make template ended well and made no template");
  }

  @Test
  void aTemplateThatIsCompleteCountsWhateverFailsAfterIt() throws IOException {
    ClassicBuilder builder = classic("core-a");
    configure(builder.directory(), List.of("core-a"), Map.of());
    Path broken =
        script("xenstore-read", "echo 'xenstore-read: xs_open: Permission denied' >&2; exit 1");
    Run run = ended(0, environment(broken), "build", "template");
    assertThat(builder.templates()).hasSize(1);
    assertThat(run.err())
        .contains("warning: archlinux-minimal: make template ended with status 2, after")
        .contains("Complete, and can be used: " + builder.templates().get(0))
        .contains("/dev/xen");
    assertThat(run.out().strip()).isEqualTo(builder.templates().get(0).toString());

    Files.writeString(
        builder.directory().resolve("scripts/build-template"),
        """
        #!/bin/sh
        f=$(ls qubes-src/linux-template-builder/rpm/noarch/*.rpm)
        head -c 9000 "$f" > "$f.new"
        mv "$f.new" "$f"
        """);
    assertThat(ended(1, "build", "template").err()).contains("is not complete: ");
  }

  @Test
  void ctrlCLeavesNothingBehindAndTheNextRunGoesOn() throws Exception {
    Path slow = scratch.file("slow", "");
    String nap = "98765." + UUID.randomUUID().toString().replaceAll("[^0-9]", "");
    sources.add(
        "core-a",
        "1.0",
        "core-a",
        "if [ -e %s ]; then setsid sleep %s & echo asleep; sleep %s; wait; fi"
            .formatted(slow, nap, nap));
    ClassicBuilder builder = classic("core-a");
    configure(builder.directory(), List.of("core-a"), Map.of());
    ended(0, "build", "sources");

    Path said = home.resolve("said");
    Process process =
        new QrepoCli(home).command("build", "packages").heedingInterrupts().start(said, said);
    await(() -> sleeping(nap) >= 2);
    assertThat(ended(7, "build", "packages").err())
        .contains("is in use: process " + process.pid() + " runs qrepo build packages since ");
    Command.of("kill", "-INT", Long.toString(process.pid())).run().expectSuccess();
    assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(130);
    assertThat(sleeping(nap)).isZero();
    assertThat(Files.readString(said)).contains("interrupted").doesNotContain("ended with status");

    Files.delete(slow);
    assertThat(ended(0, "-v", "build", "packages").err())
        .contains("core-a: its last build did not end well", "1 package, ");
    assertThat(builder.packageOf("core-a")).exists();
  }

  @Test
  void whatIsLeftOfAKilledRunIsEndedByTheNext() throws Exception {
    String nap = "98764." + UUID.randomUUID().toString().replaceAll("[^0-9]", "");
    ClassicBuilder builder = classic("core-a");
    configure(builder.directory(), List.of("core-a"), Map.of());
    Path get = builder.directory().resolve("scripts/get-sources");
    Files.writeString(get, "#!/bin/sh\nsetsid sleep %s &\nexec sleep %s\n".formatted(nap, nap));
    Path said = home.resolve("said");
    Process process = new QrepoCli(home).command("build", "sources").start(said, said);
    await(() -> sleeping(nap) >= 2);
    process.destroyForcibly().waitFor();
    assertThat(sleeping(nap)).isEqualTo(2);
    Files.writeString(get, "#!/bin/sh\nexit 0\n");
    assertThat(ended(0, "build", "sources").err()).contains("that a killed run had left");
    assertThat(sleeping(nap)).isZero();
  }

  @Test
  void aFullDiskIsSaid() throws IOException {
    OwnMounts.require();
    V2Builder builder = new V2Builder(scratch.path().resolve("b"), sources, List.of("core-a"));
    Path qb = builder.directory().resolve("qb");
    configure(builder.directory(), List.of("core-a"), Map.of());
    String mounted =
        "mount -t tmpfs -o size=1m tmpfs \"$1\"\n" + "cp -r \"$2\"/. \"$1\"; shift 2; exec \"$@\"";
    Path copy = scratch.folder("copy");
    Files.writeString(qb, "#!/bin/sh\nyes 0123456789 | head -n 400000\nexec sleep 1000\n");
    Command.Output full = inTmpfs(mounted, builder.directory(), copy);
    assertThat(full.code()).as(full.toString()).isEqualTo(1);
    assertThat(full.err())
        .contains("01-sources-all-components.log cannot be written: No space left on device")
        .contains("The program was stopped");

    Files.writeString(
        qb, "#!/bin/sh\nhead -c 3000000 /dev/zero > artifacts/big 2> /dev/null || exit 1\n");
    full = inTmpfs(mounted, builder.directory(), copy);
    assertThat(full.err())
        .contains("./qb -d vm-archlinux package fetch ended with status 1")
        .contains("is full: 0 B left. qrepo build clean --cache makes room");
    assertThat(full.code()).isEqualTo(1);
  }

  private Command.Output inTmpfs(String script, Path from, Path copy) throws IOException {
    configure(copy, List.of("core-a"), Map.of());
    List<String> words = new ArrayList<>(List.of(copy.toString(), from.toString()));
    words.addAll(qrepo("build", "sources"));
    return OwnMounts.script(script, words)
        .in(home)
        .env("HOME", home)
        .env("XDG_STATE_HOME", home.resolve("state"))
        .run();
  }

  @Test
  void aCleanupUnmountsFirstAndDeletesNothingThatIsMounted() throws IOException {
    OwnMounts.require();
    ClassicBuilder builder = classic("core-a");
    configure(builder.directory(), List.of("core-a"), Map.of());
    Path chroot = Files.createDirectories(builder.directory().resolve("chroot-vm-archlinux/proc"));
    Path outside = scratch.folder("outside");
    Files.writeString(outside.resolve("precious"), "p");
    String mounted =
        "mount --bind \"$1\" \"$2\"; mount --bind \"$1\" \"$2\"; shift 2; \"$@\"; code=$?\n"
            + "ls -d \"$BUILDER\"/chroot* ; exit $code";

    Path idle = script("umount", "exit 0");
    Command.Output refused =
        clean(mounted, outside, chroot)
            .env("PATH", idle + ":" + System.getenv("PATH"))
            .env("BUILDER", builder.directory())
            .run();
    assertThat(refused.code()).as(refused.toString()).isEqualTo(1);
    assertThat(refused.err()).contains("something is still mounted in it", "findmnt");
    assertThat(outside.resolve("precious")).exists();

    Command.Output done = clean(mounted, outside, chroot).env("BUILDER", builder.directory()).run();
    assertThat(done.code()).as(done.toString()).isZero();
    assertThat(done.err().lines().filter(line -> line.contains("unmount " + chroot))).hasSize(2);
    assertThat(done.err()).contains("deleted " + chroot.getParent());
    assertThat(done.out()).isEmpty();
    assertThat(chroot.getParent()).doesNotExist();
    assertThat(outside.resolve("precious")).exists();
  }

  private Command clean(String script, Path outside, Path point) {
    List<String> words = new ArrayList<>(List.of(outside.toString(), point.toString()));
    words.addAll(qrepo("build", "clean", "--yes"));
    return OwnMounts.script(script, words)
        .in(home)
        .env("HOME", home)
        .env("XDG_STATE_HOME", home.resolve("state"));
  }

  @Test
  void linksLeadNobodyOutOfTheBuilder() throws IOException {
    sources.add("core-a");
    ClassicBuilder builder = classic("core-a");
    Path outside = scratch.folder("outside");
    Files.writeString(outside.resolve("precious"), "p");
    Path chroot = builder.directory().resolve("chroot-vm-archlinux");
    Files.createSymbolicLink(chroot, outside);
    configure(builder.directory(), List.of("core-a"), Map.of());
    assertThat(ended(3, "build", "clean", "--yes").err())
        .contains("chroot-vm-archlinux: is a link, not a directory");
    Files.delete(chroot);
    Files.createDirectories(chroot.resolve("inner"));
    Files.createSymbolicLink(chroot.resolve("inner/link"), outside);
    assertThat(ended(2, "build", "clean").err()).contains("nobody has said yes");
    ended(0, "build", "clean", "--yes");
    assertThat(chroot).doesNotExist();

    Path mine = scratch.folder("mine");
    Files.createSymbolicLink(mine.resolve("pkgs"), outside);
    Path fetched = builder.directory().resolve("qubes-src");
    Files.move(fetched, builder.directory().resolve("moved"));
    Files.createSymbolicLink(fetched, outside);
    configure(builder.directory(), List.of("core-a"), Map.of("core-a", mine));
    assertThat(ended(3, "build", "packages").err())
        .contains("qubes-src: is a link, not a directory");
    Files.delete(fetched);
    assertThat(ended(1, "build", "packages").err()).contains("core-a");
    assertThat(builder.source("core-a").resolve("pkgs")).isSymbolicLink();
    configure(builder.directory(), List.of("core-a"), Map.of());
    ended(1, "build", "packages");
    assertThat(builder.source("core-a")).doesNotExist();
    try (Stream<Path> left = Files.list(outside)) {
      assertThat(left.map(p -> p.getFileName().toString())).containsExactly("precious");
    }
    assertThat(Files.exists(outside.resolve("precious"), LinkOption.NOFOLLOW_LINKS)).isTrue();
  }

  private ClassicBuilder classic(String... components) {
    return new ClassicBuilder(scratch.path().resolve("c"), sources, List.of(components));
  }

  private void configure(Path builder, List<String> components, Map<String, Path> overrides) {
    StringBuilder text =
        new StringBuilder(
            "build:\n  builder: %s\n  dist: archlinux+minimal\n  components: [%s]\n"
                .formatted(builder, String.join(", ", components)));
    if (!overrides.isEmpty()) {
      text.append("  overrides:\n");
      overrides.forEach((name, path) -> text.append("    %s: %s\n".formatted(name, path)));
    }
    scratch.file("home/qrepo.yml", text.toString());
  }

  private Run ended(int code, String... words) {
    return ended(code, Map.of(), words);
  }

  private Run ended(int code, Map<String, String> more, String... words) {
    Map<String, String> environment = new java.util.HashMap<>();
    environment.put("HOME", home.toString());
    environment.put("PATH", System.getenv("PATH"));
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
    environment.putAll(more);
    Run run = Run.of(home, environment, List.of(words));
    assertThat(run.code()).as(run.toString()).isEqualTo(code);
    return run;
  }

  private static Map<String, String> environment(Path first) {
    return Map.of("PATH", first + ":" + System.getenv("PATH"));
  }

  private List<String> qrepo(String... words) {
    return new QrepoCli(home).command(words).words();
  }

  /** A folder for the PATH with this program alone. */
  private Path script(String name, String text) {
    Path folder = scratch.folder("bin-" + name);
    Path file = scratch.file("bin-" + name + "/" + name, "#!/bin/sh\n" + text + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return folder;
  }

  private static long sleeping(String nap) {
    return ProcessHandle.allProcesses()
        .map(process -> process.info().commandLine().orElse(""))
        .filter(line -> line.endsWith("sleep " + nap))
        .count();
  }

  private static void await(java.util.function.BooleanSupplier condition)
      throws InterruptedException {
    for (int i = 0; i < 1000 && !condition.getAsBoolean(); i++) {
      Thread.sleep(20);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }
}
