package org.qrepo.cli.console;

import java.io.PrintStream;
import java.util.List;
import org.qrepo.Finding;

/** Speaks to people, with pacman's look. */
public final class TextConsole implements Console {
  private static final int FIGURES_COLUMN = 60;
  private static final long PASSING_NANOS = 100_000_000;

  private final PrintStream out;
  private final PrintStream err;
  private final Look look;
  private final Verbosity verbosity;
  private final int columns;
  private final Object turn = new Object();
  private boolean progressShown;
  private long passed;

  /**
   * @param look how standard error is dressed
   * @param columns width of the terminal on which progress is shown; 0 for none
   */
  public TextConsole(
      PrintStream out, PrintStream err, Look look, Verbosity verbosity, int columns) {
    this.out = out;
    this.err = err;
    this.look = look;
    this.verbosity = verbosity;
    this.columns = columns;
  }

  @Override
  public void result(String line) {
    synchronized (turn) {
      eraseProgress();
      out.print(Harmless.line(line) + "\n");
      out.flush();
    }
  }

  @Override
  public void document(String text) {
    synchronized (turn) {
      eraseProgress();
      out.print(text);
      out.flush();
    }
  }

  @Override
  public void stage(String text) {
    stage(text, "");
  }

  @Override
  public void stage(String text, String figures) {
    if (verbosity.atLeast(Verbosity.NORMAL)) {
      String clean = Harmless.line(text);
      String gap = figures.isEmpty() ? "" : " ".repeat(gap(clean)) + Harmless.line(figures);
      say(look.green + "==>" + look.reset + look.bold + " " + clean + look.reset + gap);
    }
  }

  private static int gap(String text) {
    return Math.max(2, FIGURES_COLUMN - "==> ".length() - text.length());
  }

  @Override
  public void detail(String text) {
    if (verbosity.atLeast(Verbosity.NORMAL)) {
      say(look.blue + "  ->" + look.reset + " " + Harmless.line(text));
    }
  }

  @Override
  public void note(String text) {
    if (verbosity.atLeast(Verbosity.NORMAL)) {
      say("    " + Harmless.line(text));
    }
  }

  @Override
  public void verbose(String text) {
    if (verbosity.atLeast(Verbosity.VERBOSE)) {
      say("    " + Harmless.line(text));
    }
  }

  @Override
  public void debug(String text) {
    if (verbosity.atLeast(Verbosity.DEBUG)) {
      text.lines().forEach(line -> say("debug: " + Harmless.line(line)));
    }
  }

  @Override
  public void passing(String text) {
    if (columns <= 0 || verbosity != Verbosity.NORMAL) {
      return;
    }
    synchronized (turn) {
      long now = System.nanoTime();
      if (now - passed >= PASSING_NANOS && !text.isBlank()) {
        passed = now;
        String line = "    " + Harmless.line(text).strip();
        showProgress(List.of(line.substring(0, Math.min(line.length(), columns - 1))));
      }
    }
  }

  @Override
  public void warning(Finding finding) {
    say(headline(look.yellow, "warning:", finding));
    finding.details().forEach(this::indented);
  }

  @Override
  public void failure(Failure failure) {
    for (Finding finding : failure.findings()) {
      say(headline(look.red, "error:", finding));
      finding.details().forEach(this::indented);
    }
    failure.closing().forEach(this::indented);
  }

  private String headline(String color, String word, Finding finding) {
    String text = finding.subject().isEmpty() ? finding.reason() : finding.headline();
    return color + word + look.reset + " " + Harmless.line(text);
  }

  private void indented(String line) {
    say("    " + Harmless.line(line));
  }

  private void say(String dressed) {
    synchronized (turn) {
      eraseProgress();
      err.print(dressed + "\n");
      err.flush();
    }
  }

  @Override
  public Progress progress(String what, long total) {
    return columns > 0 && verbosity.atLeast(Verbosity.NORMAL)
        ? new ProgressLines(
            Harmless.line(what), total, columns, System::nanoTime, this::showProgress)
        : NoProgress.INSTANCE;
  }

  /** Leaves the cursor at the begin of the first line, so that what follows takes their place. */
  private void showProgress(List<String> lines) {
    synchronized (turn) {
      String up = lines.size() > 1 ? "\033[" + (lines.size() - 1) + "A" : "";
      err.print("\r\033[J" + String.join("\n", lines) + up + "\r");
      err.flush();
      progressShown = !lines.isEmpty();
    }
  }

  private void eraseProgress() {
    if (progressShown) {
      showProgress(List.of());
    }
  }
}
