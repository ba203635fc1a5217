package org.qrepo.cli.build.stages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.RefusedException;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.config.BuildDist;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.publish.LockedException;

/** Cleaning up builders' directories. */
class CleaningTest {
  private static final CleanChoice CHROOT = new CleanChoice(true, false, false);
  private static final CleanChoice BOTH = new CleanChoice(true, true, false);

  @TempDir Path directory;

  private final Silence silence = new Silence();
  private Path builder;

  @BeforeEach
  void makeBuilder() throws IOException {
    builder = Files.createDirectory(directory.resolve("b")).toRealPath();
  }

  @Test
  void mountPointsAreReadFromTheTable() {
    String table =
        """
        22 1 0:21 / / rw,relatime shared:1 - ext4 /dev/xvda3 rw
        40 22 0:5 / /home/u/b rw - tmpfs tmpfs rw
        41 22 0:5 / /home/u/b/chroot/proc rw shared:2 master:1 - proc proc rw
        42 22 0:5 / /home/u/b/chroot/a\\040b\\134c\\012d rw - tmpfs tmpfs rw
        43 22 0:5 / /home/u/b2/chroot/proc rw - proc proc rw
        44 22 0:5 / /home/u/b/chroot/proc rw - proc proc rw
        45 22 0:5 / /home/u/b/\\303\\274 rw - tmpfs tmpfs rw
        short line
        """;
    assertThat(Mounts.parse(table, Path.of("/home/u/b")).points())
        .containsExactly(
            Path.of("/home/u/b/ü"),
            Path.of("/home/u/b/chroot/proc"),
            Path.of("/home/u/b/chroot/a b\\c\nd"),
            Path.of("/home/u/b/chroot/proc"));
    Mounts mounts = Mounts.parse(table, Path.of("/home/u/b"));
    assertThat(mounts.touches(Path.of("/home/u/b/chroot"))).isTrue();
    assertThat(mounts.touches(Path.of("/home/u/b/chroot/proc"))).isTrue();
    assertThat(mounts.touches(Path.of("/home/u/b/chroot/pro"))).isFalse();
  }

  @Test
  void theClassicBuildersChrootAndCacheGo() throws Exception {
    file("chroot-vm-archlinux/usr/bin/x", 1000);
    file("cache/archlinux/pacman_cache/pkg/p", 2000);
    file("cache/other/x", 1);
    file("qubes-src/core-a/pkgs/vm-archlinux/p", 1);
    BuilderTree tree = new BuilderTree(builder, BuilderKind.CLASSIC);
    assertThat(CleanRun.preview(tree, BuildDist.PLAIN, BOTH).deletions())
        .containsExactly(
            Map.entry(builder.resolve("chroot-vm-archlinux"), 1000L),
            Map.entry(builder.resolve("cache/archlinux"), 2000L));
    assertThat(builder.resolve("qubes-src/.qrepo")).doesNotExist();
    clean(tree, CHROOT);
    assertThat(builder.resolve("chroot-vm-archlinux")).doesNotExist();
    assertThat(builder.resolve("cache/archlinux")).exists();
    clean(tree, BOTH);
    assertThat(builder.resolve("cache")).isDirectoryContaining(p -> p.endsWith("other"));
    assertThat(builder.resolve("qubes-src/core-a/pkgs/vm-archlinux/p")).exists();
    assertThat(CleanRun.preview(tree, BuildDist.PLAIN, BOTH).isEmpty()).isTrue();
  }

  @Test
  void theSecondsTemporariesAndCachesGo() throws Exception {
    file("artifacts/tmp/x", 10);
    file("artifacts/cache/chroot/vm-archlinux/root.tar.gz", 20);
    file("artifacts/cache/other", 30);
    BuilderTree tree = new BuilderTree(builder, BuilderKind.V2);
    assertThat(CleanRun.preview(tree, BuildDist.PLAIN, CHROOT).deletions())
        .containsExactly(
            Map.entry(builder.resolve("artifacts/tmp"), 10L),
            Map.entry(builder.resolve("artifacts/cache/chroot/vm-archlinux"), 20L));
    assertThat(CleanRun.preview(tree, BuildDist.PLAIN, BOTH).deletions())
        .containsOnlyKeys(builder.resolve("artifacts/tmp"), builder.resolve("artifacts/cache"));
    BuilderTree elsewhere =
        new BuilderTree(builder, BuilderKind.V2, Files.createDirectory(directory.resolve("art")));
    assertThatThrownBy(() -> CleanRun.preview(elsewhere, BuildDist.PLAIN, CHROOT))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("lies outside of the builder's directory");
  }

  @Test
  void whatOthersOwnIsDeletedThroughSudo() throws Exception {
    file("chroot-vm-archlinux/x", 1);
    Path bin = Files.createDirectory(directory.resolve("bin"));
    Path said = directory.resolve("said");
    program(bin, "sudo", "echo \"$@\" >> " + said + "; exec \"$@\"");
    program(bin, "rm", "echo rm ran >> " + said + "; exec /bin/rm \"$@\"");
    BuilderTree tree = new BuilderTree(builder, BuilderKind.CLASSIC);
    Path chroot = builder.resolve("chroot-vm-archlinux");
    Files.setAttribute(chroot, "unix:uid", ownUid() == 0 ? 65534 : ownUid());
    Map<String, String> environment = Map.of("PATH", bin + ":/usr/bin:/bin");
    try (CleanRun run =
        CleanRun.open(tree, BuildDist.PLAIN, environment, silence.console(), false)) {
      run.run(run.plan(CHROOT));
    }
    assertThat(chroot).doesNotExist();
    if (ownUid() == 0) {
      assertThat(said).hasContent("rm --one-file-system -rf -- " + chroot + "\nrm ran");
    }
  }

  @Test
  void whatSudoDoesNotDeleteIsSaid() throws Exception {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        ownUid() == 0, "limitation: only root can give files away");
    file("chroot-vm-archlinux/x", 1);
    Files.setAttribute(builder.resolve("chroot-vm-archlinux"), "unix:uid", 65534);
    Path bin = Files.createDirectory(directory.resolve("bin"));
    program(bin, "sudo", "echo 'sudo: a password is required' >&2; exit 1");
    BuilderTree tree = new BuilderTree(builder, BuilderKind.CLASSIC);
    try (CleanRun run =
        CleanRun.open(
            tree, BuildDist.PLAIN, Map.of("PATH", bin.toString()), silence.console(), false)) {
      CleanPlan plan = run.plan(CHROOT);
      assertThatThrownBy(() -> run.run(plan))
          .isInstanceOfSatisfying(
              StepFailedException.class,
              e ->
                  assertThat(e.finding().details())
                      .contains("it says: sudo: a password is required"));
    }
  }

  @Test
  void oneRunAtATimeWorksInADirectory() throws Exception {
    try (StateDirectory first = StateDirectory.lock(classic(), "qrepo build all")) {
      assertThat(first.directory()).exists();
      assertThatThrownBy(() -> StateDirectory.lock(classic(), "x"))
          .isInstanceOf(LockedException.class)
          .hasMessageContaining(
              "is in use: process "
                  + ProcessHandle.current().pid()
                  + " runs qrepo build all since ");
    }
    StateDirectory.lock(classic(), "x").close();
  }

  @Test
  void logsOfTheLastRunsAreKept() throws Exception {
    try (StateDirectory state = StateDirectory.lock(classic(), "x")) {
      Path last = state.newLogs();
      for (int i = 0; i < 20; i++) {
        last = state.newLogs();
        Files.writeString(last.resolve("log"), "x");
      }
      try (var left = Files.list(builder.resolve("qubes-src/.qrepo/logs"))) {
        assertThat(left).hasSize(10).contains(last);
      }
    }
  }

  @Test
  void aStateThatIsALinkIsRefused() throws Exception {
    Path sources = Files.createDirectory(builder.resolve("qubes-src"));
    Files.createSymbolicLink(sources.resolve(".qrepo"), directory);
    assertThatThrownBy(() -> StateDirectory.lock(classic(), "x"))
        .isInstanceOf(RefusedException.class);
    Files.delete(sources.resolve(".qrepo"));
    Files.delete(sources);
    Files.createSymbolicLink(sources, directory);
    assertThatThrownBy(() -> StateDirectory.lock(classic(), "x"))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("qubes-src: is a link, not a directory");
  }

  private BuilderTree classic() {
    return new BuilderTree(builder, BuilderKind.CLASSIC);
  }

  private void clean(BuilderTree tree, CleanChoice choice) throws Exception {
    try (CleanRun run = CleanRun.open(tree, BuildDist.PLAIN, System.getenv(), silence.console())) {
      run.run(run.plan(choice));
    }
  }

  private void file(String name, int size) throws IOException {
    Path file = builder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[size]);
  }

  private static void program(Path folder, String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + text + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private static int ownUid() throws IOException {
    return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }

  @Test
  void stepsSayWhatIsMissing() throws Exception {
    StepRunner runner =
        new StepRunner(silence.console(), Map.of("PATH", "/nowhere"), directory, "qrepo-test-");
    BuildStep step = new BuildStep(BuildStep.Kind.SOURCES, "all", List.of("make", "x"), directory);
    assertThatThrownBy(() -> runner.run(step, java.util.Optional.empty()))
        .isInstanceOf(StepFailedException.class)
        .hasMessage("make: is not installed");
  }
}
