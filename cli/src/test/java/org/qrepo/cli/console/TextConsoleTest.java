package org.qrepo.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.qrepo.Finding;

class TextConsoleTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private TextConsole console(Look look, Verbosity verbosity, int columns) {
    return new TextConsole(
        new PrintStream(out, false, StandardCharsets.UTF_8),
        new PrintStream(err, false, StandardCharsets.UTF_8),
        look,
        verbosity,
        columns);
  }

  private static void sayEverything(Console console) {
    console.stage("Reading 12 packages", "98.2 MiB, 410 MiB/s");
    console.detail("qubes-vm-core 4.3.46-1 → 4.3.47-1");
    console.note("a note");
    console.verbose("more");
    console.debug("much\nmore");
    console.warning(Finding.of("w", "file", "looks odd", "because"));
    console.failure(
        new Failure(
            ExitCode.REFUSED,
            List.of(Finding.of("a", "pkg", "has other bytes", "detail"), Finding.of("b", "", "no")),
            List.of("Nothing was changed.")));
    console.result("answer");
  }

  @Test
  void looksLikePacman() {
    sayEverything(console(Look.PLAIN, Verbosity.NORMAL, 0));
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            """
            ==> Reading 12 packages                                     98.2 MiB, 410 MiB/s
              -> qubes-vm-core 4.3.46-1 → 4.3.47-1
                a note
            warning: file: looks odd
                because
            error: pkg: has other bytes
                detail
            error: no
                Nothing was changed.
            """);
    assertThat(out).hasToString("answer\n");
  }

  @Test
  void saysLessWhenQuiet() {
    sayEverything(console(Look.PLAIN, Verbosity.QUIET, 80));
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("warning: file")
        .doesNotContain("==>");
    assertThat(out).hasToString("answer\n");
  }

  @Test
  void saysMoreWhenAsked() {
    sayEverything(console(Look.PLAIN, Verbosity.DEBUG, 0));
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("    more\ndebug: much\ndebug: more\n");
  }

  @Test
  void strangersTextBringsNoEscapes() {
    Console console = console(Look.COLOR, Verbosity.DEBUG, 0);
    String evil = "x\033[2Jy\033]0;t\007";
    console.stage(evil, evil);
    console.detail(evil);
    console.note(evil);
    console.warning(Finding.of("w", evil, evil, evil));
    console.result(evil);
    assertThat(err.toString(StandardCharsets.UTF_8)).doesNotContain("\033[2J", "\033]", "\007");
    assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("\033");
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("\033[1;32m==>");
  }

  @Test
  void progressIsSilentWithoutATerminal() {
    try (Progress progress = console(Look.PLAIN, Verbosity.NORMAL, 0).progress("x", 10)) {
      progress.advance(10);
    }
    assertThat(err.size()).isZero();
  }

  @Test
  void progressTellsRateAndTimeLeftAndIsThrottled() {
    AtomicLong clock = new AtomicLong();
    List<List<String>> lines = new ArrayList<>();
    ProgressLines progress = new ProgressLines("uploading", 100 << 20, 80, clock::get, lines::add);
    progress.advance(1 << 20);
    assertThat(lines).isEmpty();
    clock.set(Duration.ofSeconds(2).toNanos());
    progress.advance(19 << 20);
    progress.advance(1 << 20);
    assertThat(lines)
        .containsExactly(
            List.of("    uploading  20.0 MiB of 100 MiB  20%  10.0 MiB/s  00:08 left"));
    progress.close();
    progress.advance(1);
    progress.close();
    assertThat(lines).hasSize(2).endsWith(List.of());
  }

  @Test
  void progressFitsTheTerminal() {
    AtomicLong clock = new AtomicLong();
    List<List<String>> lines = new ArrayList<>();
    for (int columns : new int[] {1, 10, 40, 60}) {
      ProgressLines progress =
          new ProgressLines("a-package-with-a-long-name", 1 << 30, columns, clock::get, lines::add);
      clock.addAndGet(Duration.ofSeconds(1).toNanos());
      progress.file("another-package-with-a-long-name", 1 << 20, 1 << 30);
      int most = Math.max(columns, 1);
      assertThat(lines.get(lines.size() - 1)).hasSize(2).allMatch(line -> line.length() < most);
    }
  }

  @Test
  void bigFilesOnTheirWayHaveLinesOfTheirOwn() {
    AtomicLong clock = new AtomicLong();
    List<List<String>> shown = new ArrayList<>();
    ProgressLines progress = new ProgressLines("uploading", 100 << 20, 80, clock::get, shown::add);
    progress.file("small.pkg.tar.zst", 1 << 20, 2 << 20);
    progress.file("big.pkg.tar.zst", 5 << 20, 20 << 20);
    clock.set(Duration.ofSeconds(1).toNanos());
    progress.file("big.pkg.tar.zst", 10 << 20, 20 << 20);
    assertThat(shown)
        .containsExactly(
            List.of(
                "    uploading  11.0 MiB of 100 MiB  11%  11.0 MiB/s  00:08 left",
                "      big.pkg.tar.zst  50% of 20.0 MiB"));
    clock.set(Duration.ofSeconds(2).toNanos());
    progress.file("big.pkg.tar.zst", 0, 20 << 20);
    assertThat(shown.get(1).get(0)).startsWith("    uploading  1.0 MiB of 100 MiB  1%");
    clock.set(Duration.ofSeconds(3).toNanos());
    progress.finished("big.pkg.tar.zst", 20 << 20);
    assertThat(shown.get(2)).hasSize(1);
    assertThat(shown.get(2).get(0)).startsWith("    uploading  21.0 MiB of 100 MiB  21%");
  }

  @Test
  void nameOfAFileCannotMoveTheCursor() {
    AtomicLong clock = new AtomicLong();
    List<List<String>> shown = new ArrayList<>();
    ProgressLines progress = new ProgressLines("x", 0, 80, clock::get, shown::add);
    clock.set(Duration.ofSeconds(1).toNanos());
    progress.file("evil\033[2J", 1, 20 << 20);
    assertThat(shown.get(0).get(1)).doesNotContain("\033");
  }

  @Test
  void otherLinesTakeTheProgressOffTheScreen() {
    TextConsole console = console(Look.PLAIN, Verbosity.NORMAL, 80);
    try (Progress progress = console.progress("x", 10)) {
      long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
      while (err.size() == 0 && System.nanoTime() < end) {
        progress.advance(1);
        Thread.onSpinWait();
      }
      console.detail("said");
    }
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("\r\033[J\r  -> said\n");
  }

  @Test
  void whatOthersSayPassesOnATerminalAlone() {
    console(Look.PLAIN, Verbosity.NORMAL, 0).passing("compiling");
    console(Look.PLAIN, Verbosity.QUIET, 40).passing("compiling");
    console(Look.PLAIN, Verbosity.VERBOSE, 40).passing("compiling");
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    TextConsole terminal = console(Look.PLAIN, Verbosity.NORMAL, 20);
    terminal.passing("");
    terminal.passing("compiling\033[2J a very long name");
    terminal.passing("too soon");
    terminal.detail("done");
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("\r\033[J    compiling\ufffd[2J a\r\r\033[J\r  -> done\n");
  }
}
