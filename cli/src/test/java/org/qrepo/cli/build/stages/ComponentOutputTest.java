package org.qrepo.cli.build.stages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.config.BuildDist;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.config.ComponentName;

/** What builders say that they made. */
class ComponentOutputTest {
  private static final ComponentName A = new ComponentName("core-a");

  @TempDir Path directory;

  private BuilderTree classic;
  private BuilderTree second;

  @BeforeEach
  void makeTrees() {
    classic = new BuilderTree(directory, BuilderKind.CLASSIC);
    second = new BuilderTree(directory, BuilderKind.V2);
  }

  @Test
  void theClassicBuildersListIsRead() throws IOException {
    assertThat(output(classic).files()).isEmpty();
    Path folder = directory.resolve("qubes-src/core-a/pkgs/vm-archlinux");
    Path one = write(folder.resolve("a-1.0-1-any.pkg.tar.zst"), "1");
    Path empty = write(folder.resolve("b-1:1.0-1-any.pkg.tar.zst"), "");
    write(
        folder.resolve("archlinux.list"),
        """
        pkgs/vm-archlinux/a-1.0-1-any.pkg.tar.zst
        pkgs/vm-archlinux/b-1:1.0-1-any.pkg.tar.zst
        pkgs/vm-archlinux/c-1.0-1-any.pkg.tar.zst
        pkgs/vm-archlinux/a-1.0-1-any.pkg.tar.zst.sig
        /etc/passwd
        ../..

        """);
    ComponentOutput output = output(classic);
    assertThat(output.present()).containsExactly(one);
    assertThat(output.missing()).containsExactly(empty, folder.resolve("c-1.0-1-any.pkg.tar.zst"));
    assertThat(output.isSameAs(output(classic))).isTrue();
    write(folder.resolve("archlinux.list"), "pkgs/vm-archlinux/a-1.0-1-any.pkg.tar.zst\n");
    assertThat(output.isSameAs(output(classic))).isFalse();
  }

  @Test
  void noLinkIsFollowed(@TempDir Path elsewhere) throws IOException {
    Path outside = Files.createDirectories(elsewhere.resolve("vm-archlinux"));
    write(outside.resolve("a-1.0-1-any.pkg.tar.zst"), "1");
    write(outside.resolve("archlinux.list"), "pkgs/vm-archlinux/a-1.0-1-any.pkg.tar.zst\n");
    Files.createDirectories(directory.resolve("qubes-src/core-a"));
    Path link = directory.resolve("qubes-src/core-a/pkgs");
    Files.createSymbolicLink(link, outside.getParent());
    assertThat(output(classic).files()).isEmpty();
    Files.delete(link);
    Path folder = Files.createDirectories(link.resolve("vm-archlinux"));
    write(folder.resolve("archlinux.list"), "pkgs/vm-archlinux/a-1.0-1-any.pkg.tar.zst\n");
    Files.createSymbolicLink(
        folder.resolve("a-1.0-1-any.pkg.tar.zst"), outside.resolve("a-1.0-1-any.pkg.tar.zst"));
    assertThat(output(classic).present()).isEmpty();
    assertThat(output(classic).missing()).hasSize(1);
  }

  @Test
  void theSecondsLastNoteIsRead() throws IOException {
    assertThat(output(second).stamp()).isEmpty();
    note("1.0-1", "packages:\n- a-1.0-1-any.pkg.tar.zst\n", 1000);
    Path made = note("1.1-1", "packages:\n- a-1.1-1-any.pkg.tar.zst\nsource-hash: x\n", 2000);
    Path file = write(made.resolveSibling("pkgs/a-1.1-1-any.pkg.tar.zst"), "1");
    assertThat(output(second).note()).isEqualTo(made);
    assertThat(output(second).present()).containsExactly(file);
    for (String bad :
        new String[] {"", "[", "packages: 7\n", "- a\n", "packages:\n- /etc/passwd\n"}) {
      note("1.1-1", bad, 3000);
      assertThat(output(second).files()).isEmpty();
    }
  }

  private Path note(String version, String text, long time) throws IOException {
    Path file =
        write(
            directory.resolve(
                "artifacts/components/core-a/"
                    + version
                    + "/vm-archlinux/build/archlinux.build.yml"),
            text);
    Files.createDirectories(file.resolveSibling("pkgs"));
    Files.setLastModifiedTime(file, FileTime.fromMillis(time));
    return file;
  }

  private static ComponentOutput output(BuilderTree tree) throws IOException {
    return ComponentOutput.of(tree, A, BuildDist.PLAIN).get(0);
  }

  private static Path write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }
}
