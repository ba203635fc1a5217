package org.qrepo.cli.program;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last lines of a text that is not kept; blank ones are not counted. */
final class LastLines {
  private static final int MOST = 12;
  private static final int LONGEST = 300;

  private final Deque<String> lines = new ArrayDeque<>();

  synchronized void add(String line) {
    if (line.isBlank()) {
      return;
    }
    if (lines.size() == MOST) {
      lines.removeFirst();
    }
    lines.addLast(line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line);
  }

  synchronized List<String> get() {
    return List.copyOf(lines);
  }
}
