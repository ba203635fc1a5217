package org.qrepo.cli.diagnosis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * Reads a log of any size and finds the lines in which one of the needles is. It keeps no more of
 * it than a buffer. What a terminal would not show is not looked at: escape sequences, and what a
 * carriage return went back over counts as a line of the same number, so that progress bars are
 * many short lines. A line that is longer than {@value #LONGEST} bytes is looked at in pieces.
 */
final class LogScanner {
  /** Takes the lines in which something was found. */
  @FunctionalInterface
  interface Lines {
    /**
     * Takes one.
     *
     * @param number of the line, from 1
     * @param line without escape sequences and other control characters
     * @param needles the numbers of those in it; the same object each time
     */
    void line(long number, String line, BitSet needles);
  }

  static final int LONGEST = 16 * 1024;
  private static final int BUFFER = 256 * 1024;

  private final Needles needles;
  private final Lines lines;
  private final byte[] buffer = new byte[BUFFER];
  private final BitSet found = new BitSet();
  private final Escapes escapes = new Escapes();
  private final Needles.Step step = new Needles.Step();
  private long number = 1;
  private int begin;
  private int state;

  private LogScanner(Needles needles, Lines lines) {
    this.needles = needles;
    this.lines = lines;
  }

  /** Reads to the end. */
  static void scan(InputStream in, Needles needles, Lines lines) throws IOException {
    new LogScanner(needles, lines).scan(in);
  }

  private void scan(InputStream in) throws IOException {
    int kept = 0;
    while (true) {
      int read = in.readNBytes(buffer, kept, buffer.length - kept);
      int end = kept + read;
      if (read == 0) {
        endPiece(end);
        return;
      }
      look(kept, end);
      if (end - begin > LONGEST) {
        endPiece(end);
        begin = end;
      }
      kept = end - begin;
      System.arraycopy(buffer, begin, buffer, 0, kept);
      begin = 0;
    }
  }

  private void look(int from, int end) {
    int at = from;
    while (at < end) {
      if (escapes.inside()) {
        at = inEscape(at);
        continue;
      }
      needles.run(state, buffer, at, end, step);
      at = step.at();
      state = step.state();
      if (step.atNeedles()) {
        needles.addFound(state, found);
      } else if (step.atStop()) {
        stop(at);
      }
    }
  }

  private int inEscape(int at) {
    byte b = buffer[at];
    if (b == '\n' || b == '\r') {
      stop(at + 1);
    } else if (b == Escapes.ESCAPE) {
      escapes.begin();
    } else {
      escapes.take(b);
    }
    return at + 1;
  }

  /** A line end or an escape was met just before this place. */
  private void stop(int next) {
    byte b = buffer[next - 1];
    if (b == Escapes.ESCAPE) {
      escapes.begin();
      return;
    }
    escapes.reset();
    endPiece(next - 1);
    begin = next;
    if (b == '\n') {
      number++;
    }
  }

  private void endPiece(int end) {
    if (!found.isEmpty()) {
      lines.line(number, visible(begin, end), found);
      found.clear();
    }
    state = 0;
  }

  private String visible(int from, int to) {
    Escapes sequence = new Escapes();
    byte[] shown = new byte[to - from];
    int length = 0;
    for (int at = from; at < to; at++) {
      byte b = buffer[at];
      if (b == Escapes.ESCAPE) {
        sequence.begin();
      } else if (sequence.inside()) {
        sequence.take(b);
      } else if (b < 0 || b >= ' ') {
        shown[length++] = b;
      } else if (b == '\t') {
        shown[length++] = ' ';
      }
    }
    return new String(shown, 0, length, StandardCharsets.UTF_8);
  }
}
