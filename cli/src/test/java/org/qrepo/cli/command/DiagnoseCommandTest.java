package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;
import org.qrepo.io.Compression;

class DiagnoseCommandTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final String XORG =
      """
      Makefile:202: target 'builder-archlinux.get-sources' given more than once in the same rule
      agent.c:12:3: error: implicit declaration of function 'foo'
      ==> ERROR: A failure occurred in build().
      make[2]: *** [Makefile.archlinux:180: dist-package] Error 4
      warning: cannot resolve "xorg-server<1.20.7", a dependency of "qubes-vm-gui"
      :: unable to satisfy dependency 'xorg-server<1.20.7' required by qubes-vm-gui
      """;

  @TempDir private Path directory;
  private Path builder;

  @BeforeEach
  void makeBuilder() throws IOException {
    builder = directory.resolve("qubes-builder");
    write("qubes-src/gui-agent-linux/archlinux/PKGBUILD.in", "depends=('xorg-server<1.20.7')\n");
  }

  private Path write(String name, String text) throws IOException {
    Path file = builder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private Path log(String name, String text, int minutesAgo) throws IOException {
    Path log = write(name, text);
    Files.setLastModifiedTime(log, FileTime.from(NOW.minusSeconds(60L * minutesAgo)));
    return log;
  }

  private Run run(String... args) {
    return Run.of(directory, args);
  }

  @Test
  void saysTheLikelyCauseFirst() throws IOException {
    Path log = log("build-logs/template-archlinux.log", XORG, 0);
    Run run = run("diagnose", log.toString());
    assertThat(run.code()).isZero();
    Path sources = builder.resolve("qubes-src/gui-agent-linux/archlinux/PKGBUILD.in");
    assertThat(run.out())
        .startsWith("xorg-bound: Arch's X server is newer than qubes-vm-gui allows\n")
        .containsSubsequence(
            log + ":5: warning: cannot resolve",
            "2 times, last at " + log + ":6",
            "the bound is xorg-server<1.20.7 in " + sources + ":1\n",
            "$ sed -i '1s|xorg-server<1\\.20\\.7|xorg-server<NEW|' " + sources + "\n",
            "$ cd " + builder + " && make gui-agent-linux-vm\n",
            "known from: guide, #2585",
            "consequence: makepkg-function-failed",
            "above it, " + log + ":2: agent.c:12:3: error: implicit",
            "consequence: makepkg-failed",
            log + ":4: make[2]: ***",
            "above it, " + log + ":3: ==> ERROR: A failure occurred in build().",
            "harmless: duplicate-target");
    assertThat(run.err()).contains("==> Reading " + log).endsWith("==> 4 known failures\n");
  }

  @Test
  void answersInJson() throws IOException {
    Path log = log("build-logs/template-archlinux.log", XORG, 0);
    Run run = run("diagnose", "--json", log.toString());
    Json json = Json.of(run.out());
    assertThat(json.fields()).containsEntry("schema", "qrepo.diagnose/1");
    assertThat(run.out())
        .contains("\"id\" : \"xorg-bound\"", "\"kind\" : \"cause\"", "\"line\" : 5")
        .contains("\"component\" : \"gui-agent-linux\"", "\"dependency\" : \"xorg-server<1.20.7\"")
        .contains("\"kind\" : \"consequence\"", "\"kind\" : \"harmless\"");
  }

  @Test
  void findsNothingInAGoodLog() throws IOException {
    Path log = log("good.log", "all is well\n", 0);
    Run run = run("diagnose", log.toString());
    assertThat(run.code()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("No known failure.");
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void readsCompressedLogs(Compression compression) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = compression.encode(bytes)) {
      out.write(XORG.getBytes(StandardCharsets.UTF_8));
    }
    Path file = Files.write(directory.resolve("a.log" + compression.suffix()), bytes.toByteArray());
    assertThat(run("diagnose", file.toString()).out()).startsWith("xorg-bound");
  }

  @Test
  void readsStandardInput() {
    Run run =
        Run.of(
            directory,
            Map.of("HOME", directory.toString()),
            new ByteArrayInputStream(XORG.getBytes(StandardCharsets.UTF_8)),
            List.of("diagnose", "-", "--builder", builder.toString()));
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("    standard input:5: warning: cannot resolve")
        .contains("the bound is xorg-server<1.20.7 in " + builder);
  }

  /** What a stranger wrote into a log gets into no command that people paste. */
  @ParameterizedTest
  @ValueSource(
      strings = {"x;touch${IFS}y", "$(touch)", "`touch`", "-f", "a&b", "a|b", "../../x", "a>b"})
  void lendsNoWordOfALogToAShell(String word) throws IOException {
    Path log =
        log("a.log", "ln: failed to access 'qubes-src/" + word + "/pkgs/vm-archlinux/x'\n", 0);
    assertThat(run("diagnose", log.toString()).out())
        .contains("qubes-src/" + word + "/pkgs/")
        .contains("      $ make COMPONENT-vm\n");
    log("a.log", "ln: failed to access 'qubes-src/core-qubesdb/pkgs/vm-archlinux/x'\n", 0);
    assertThat(run("diagnose", log.toString()).out()).contains("      $ make core-qubesdb-vm\n");
  }

  @Test
  void saysWhatABuilderWouldTell() throws IOException {
    Path log = Files.writeString(directory.resolve("a.log"), XORG);
    assertThat(run("diagnose", log.toString()).out())
        .contains("with --builder DIR this would name the file and the line of the bound");
  }

  @Test
  void saysThatThereIsNoBound() throws IOException {
    write("qubes-src/gui-agent-linux/archlinux/PKGBUILD.in", "depends=(xorg-server)\n");
    Path log = log("build-logs/template-archlinux.log", XORG, 0);
    assertThat(run("diagnose", log.toString()).out())
        .contains("no PKGBUILD below " + builder.resolve("qubes-src") + " has a bound of")
        .doesNotContain("sed -i");
  }

  @Test
  void readsTheNewestLogsOfTheConfiguredBuilder() throws IOException {
    log("build-logs/template-archlinux.log", XORG, 10);
    log("build-logs/core-qubesdb-vm-archlinux.log", "No space left on device\n", 100);
    log("build-logs/old-vm-archlinux.log", "Could not resolve host\n", 60 * 24);
    log("build-logs/template-archlinux.log.old", "virtual memory exhausted\n", 10);
    Files.writeString(directory.resolve("qrepo.yml"), "build: {builder: qubes-builder}\n");
    Run run = run("diagnose");
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .containsSubsequence("disk-full:", "xorg-bound:")
        .doesNotContain("mirror-dead", "out-of-memory");
    assertThat(run.err()).containsSubsequence("core-qubesdb-vm-archlinux.log", "template-archl");
    assertThat(run("diagnose", builder.toString()).out()).isEqualTo(run.out());
  }

  @Test
  void readsTheLogsOfBuilderV2() throws IOException {
    Path v2 = directory.resolve("v2");
    Files.createDirectories(v2.resolve("artifacts/logs/deep"));
    Path bound = v2.resolve("artifacts/sources/gui-agent-linux/archlinux/PKGBUILD.in");
    Files.createDirectories(bound.getParent());
    Files.writeString(bound, "depends=('xorg-server<1.20.7')\n");
    Files.writeString(v2.resolve("artifacts/logs/deep/a.log"), XORG);
    assertThat(run("diagnose", v2.toString()).out())
        .contains(
            "the bound is xorg-server<1.20.7 in " + bound + ":1",
            "$ cd " + v2 + " && ./qb -c gui-agent-linux -d vm-archlinux package prep build");
  }

  /** v2 may put what it makes elsewhere. */
  @Test
  void looksWhereTheArtifactsAre() throws IOException {
    Path bound = directory.resolve("elsewhere/sources/gui-agent-linux/archlinux/PKGBUILD");
    Files.createDirectories(bound.getParent());
    Files.writeString(bound, "depends=('xorg-server<1.20.7')\n");
    Files.createDirectories(directory.resolve("elsewhere/logs"));
    Files.writeString(directory.resolve("elsewhere/logs/a.log"), XORG);
    Files.createDirectories(directory.resolve("v2"));
    Files.writeString(
        directory.resolve("qrepo.yml"), "build: {builder: v2, kind: v2, artifacts: elsewhere}\n");
    assertThat(run("diagnose").out())
        .contains("the bound is xorg-server<1.20.7 in " + bound + ":1", "./qb -c gui-agent-linux");
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    assertThat(run("diagnose")).matches(r -> r.code() == 2 && r.err().contains("which log"));
    Run none = run("diagnose", builder.toString());
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err()).contains("no logs in " + builder);
    Run gone = run("diagnose", "gone.log");
    assertThat(gone.code()).isEqualTo(1);
    assertThat(gone.err()).contains("gone.log: no such file or directory");
    Files.writeString(directory.resolve("a.gz"), "\u001f\u008bno", StandardCharsets.ISO_8859_1);
    Run broken = run("diagnose", "a.gz");
    assertThat(broken.code()).isEqualTo(1);
    assertThat(broken.err()).contains("error: a.gz: ");
  }

  @Test
  void listsWhatItKnows() {
    Run run = run("diagnose", "--list");
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("xenstore-permission: ", "    xenstore-read: xs_open: Permission denied\n");
    assertThat(Json.of(run("diagnose", "--list", "--json").out()).fields()).containsKey("rules");
  }

  @Test
  void saysHowToGetAtTheJournal() {
    Run run = run("diagnose", "--how");
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("qvm-block attach --ro DISPOSABLE", "journalctl -D /mnt/var/log/journal");
    assertThat(run("diagnose", "--how", "--json").out()).contains("\"how\" : [");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--how --list", "--how x.log", "--list x.log"})
  void refusesWhatDoesNotGoTogether(String words) {
    assertThat(run(("diagnose " + words).split(" ", -1)).code()).isEqualTo(2);
  }
}
