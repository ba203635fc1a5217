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
    List<String> lines = new ArrayList<>();
    ProgressLine progress = new ProgressLine("uploading", 100 << 20, 80, clock::get, lines::add);
    progress.advance(1 << 20);
    assertThat(lines).isEmpty();
    clock.set(Duration.ofSeconds(2).toNanos());
    progress.advance(19 << 20);
    progress.advance(1 << 20);
    assertThat(lines)
        .containsExactly("    uploading  20.0 MiB of 100 MiB  20%  10.0 MiB/s  00:08 left");
    progress.close();
    progress.advance(1);
    progress.close();
    assertThat(lines).hasSize(2).endsWith("");
  }

  @Test
  void progressFitsTheTerminal() {
    AtomicLong clock = new AtomicLong();
    List<String> lines = new ArrayList<>();
    for (int columns : new int[] {1, 10, 40, 60}) {
      ProgressLine progress =
          new ProgressLine("a-package-with-a-long-name", 1 << 30, columns, clock::get, lines::add);
      clock.addAndGet(Duration.ofSeconds(1).toNanos());
      progress.advance(1 << 20);
      assertThat(lines.get(lines.size() - 1).length()).isLessThan(Math.max(columns, 1));
    }
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
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("\r\033[K  -> said\n");
  }
}
