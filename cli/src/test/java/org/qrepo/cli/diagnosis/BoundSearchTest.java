package org.qrepo.cli.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BoundSearchTest {
  private static final String GUI =
      """
      # 'xorg-server<1.20.7' was too old
      pkgname=(qubes-vm-gui)
      depends=('xorg-server>=1.20.4' 'xorg-server<1.20.7'
               'not-xorg-server<1.20.7' "python<3.13")
      """;

  @TempDir private Path directory;

  private Path write(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private List<Bound> find(String dependency) throws IOException {
    return new BoundSearch(directory).find(Dependency.of(dependency), Optional.empty());
  }

  @Test
  void namesFileAndLine() throws IOException {
    Path file = write("gui-agent-linux/archlinux/PKGBUILD.in", GUI);
    assertThat(find("xorg-server<1.20.7"))
        .containsExactly(
            new Bound("gui-agent-linux", file, 3, "xorg-server<1.20.7", Optional.empty()));
    assertThat(find("xorg-server=21.1"))
        .extracting(Bound::dependency)
        .containsExactly("xorg-server>=1.20.4", "xorg-server<1.20.7");
    assertThat(find("xorg<1")).isEmpty();
    assertThat(find("server<1.20.7")).isEmpty();
    write("gui-agent-linux/archlinux/PKGBUILD.in", "depends=('a&b<1' '-e<1')\n");
    assertThat(find("a&b<1")).isEmpty();
    assertThat(find("-e<1")).isEmpty();
  }

  @Test
  void takesTheFileThatAPersonEdits() throws IOException {
    Path edited = write("gui-agent-linux/archlinux/PKGBUILD.in", GUI);
    write("gui-agent-linux/archlinux/PKGBUILD", GUI);
    Path only = write("core-qubesdb/archlinux/PKGBUILD", "depends=('python<3.13')\n");
    assertThat(find("python<3.13")).extracting(Bound::file).containsExactly(only, edited);
  }

  @Test
  void followsNoLinksAndGoesNotTooDeep() throws IOException {
    Path file = write("a/b/c/d/e/PKGBUILD", GUI);
    Files.createSymbolicLink(
        Files.createDirectories(directory.resolve("linked")).resolve("PKGBUILD"), file);
    Files.createSymbolicLink(directory.resolve("tree"), file.getParent());
    write("x/pkgs/PKGBUILD", GUI);
    write("x/.git/PKGBUILD", GUI);
    assertThat(find("xorg-server<1.20.7")).isEmpty();
  }

  /** One component with very many files is left, and does not hide the others. */
  @Test
  void leavesAComponentThatIsTooLarge() throws IOException {
    for (int i = 0; i < 60; i++) {
      write("huge/" + i + "/PKGBUILD", GUI);
    }
    Path file = write("zlast/PKGBUILD", GUI);
    Dependency wanted = Dependency.of("xorg-server<1.20.7");
    BoundSearch all = new BoundSearch(directory, 50);
    assertThat(all.find(Dependency.of("python<3.13"), Optional.empty())).hasSize(10);
    for (int i = 0; i < 60; i++) {
      Files.writeString(directory.resolve("huge/" + i + "/PKGBUILD"), "");
    }
    assertThat(all.find(wanted, Optional.empty())).extracting(Bound::file).containsExactly(file);
  }

  /** The command is judged by the shell and sed that run it. */
  @ParameterizedTest
  @ValueSource(strings = {"gui-agent-linux", "with blank", "quote's", "$(touch x)", "a;b"})
  void printsACommandThatChangesJustTheBound(String component) throws Exception {
    Path file = write(component + "/archlinux/PKGBUILD.in", GUI);
    Bound bound = find("xorg-server<1.20.7").get(0);
    Process process = new ProcessBuilder("sh", "-c", bound.command()).inheritIO().start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(file)
        .hasContent(GUI.replaceFirst("4' 'xorg-server<1\\.20\\.7'", "4' 'xorg-server<NEW'"));
    try (var files = Files.walk(directory)) {
      assertThat(files.filter(Files::isRegularFile)).containsExactly(file);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "python<3.13, 3.13.1-1, python<3.14",
    "python<3.13, 3.14.0-1, python<3.15",
    "python<4, 4.0.0-1, python<5",
    "pulseaudio<17.0, 17.0-3, pulseaudio<17.1",
    "pulseaudio<=17.0, 1:17.1-1, pulseaudio<=17.1",
    "pulseaudio<=17.0, 17.0.2-1, pulseaudio<=17.0.2",
    "pulseaudio=17.0, 17.1-1, pulseaudio=17.1",
    "python<3.13, 3.13rc1-1, python<NEW",
    "python<${_v}, 3.13.1-1, python<NEW",
  })
  void computesTheNextBound(String old, String offered, String next) throws IOException {
    Bound bound = new Bound("c", Path.of("/f"), 1, old, Optional.of(offered));
    assertThat(bound.command()).contains("|" + next + "|");
  }

  @Test
  void saysHowToBuildAgain() throws IOException {
    Files.createDirectories(directory.resolve("qubes-src"));
    assertThat(new Builder(directory).rebuild("gui-agent-linux"))
        .isEqualTo("cd " + directory + " && make gui-agent-linux-vm");
    Files.delete(directory.resolve("qubes-src"));
    assertThat(new Builder(directory).rebuild("x y"))
        .isEqualTo("cd " + directory + " && ./qb -c 'x y' -d vm-archlinux package prep build");
  }
}
