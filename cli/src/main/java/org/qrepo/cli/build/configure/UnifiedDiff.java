package org.qrepo.cli.build.configure;

import java.util.ArrayList;
import java.util.List;

/** The difference of two texts as {@code diff -u} writes it and {@code patch} reads it. */
final class UnifiedDiff {
  private static final int CONTEXT = 3;

  /** Above it what differs is shown as replaced as a whole. */
  private static final long MOST_CELLS = 4_000_000;

  private static final String NO_NEWLINE = "\\ No newline at end of file";

  private enum Side {
    BOTH(' '),
    OLD('-'),
    NEW('+');

    private final char sign;

    Side(char sign) {
      this.sign = sign;
    }
  }

  private record Line(Side side, String text) {}

  private final List<Line> script = new ArrayList<>();

  private UnifiedDiff(List<String> before, List<String> after) {
    int start = 0;
    while (start < Math.min(before.size(), after.size())
        && before.get(start).equals(after.get(start))) {
      keep(before.get(start++));
    }
    int end = 0;
    while (end < Math.min(before.size(), after.size()) - start
        && before.get(before.size() - 1 - end).equals(after.get(after.size() - 1 - end))) {
      end++;
    }
    middle(before.subList(start, before.size() - end), after.subList(start, after.size() - end));
    before.subList(before.size() - end, before.size()).forEach(this::keep);
  }

  /**
   * The lines of the difference, without line ends; none if there is no difference.
   *
   * @param name what both files are called
   */
  static List<String> of(String name, String before, String after) {
    if (before.equals(after)) {
      return List.of();
    }
    List<String> lines = new ArrayList<>(List.of("--- a/" + name, "+++ b/" + name));
    lines.addAll(new UnifiedDiff(lines(before), lines(after)).hunks());
    return lines;
  }

  /** With their line ends, which the last one may lack. */
  private static List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      lines.add(text.substring(start, end + 1));
      start = end + 1;
    }
    if (start < text.length()) {
      lines.add(text.substring(start));
    }
    return lines;
  }

  private void keep(String line) {
    script.add(new Line(Side.BOTH, line));
  }

  /** By the longest common subsequence. */
  private void middle(List<String> before, List<String> after) {
    boolean big = (long) before.size() * after.size() > MOST_CELLS;
    int[][] common = big ? new int[1][1] : common(before, after);
    int i = 0;
    int j = 0;
    while (!big && i < before.size() && j < after.size()) {
      if (before.get(i).equals(after.get(j))) {
        keep(before.get(i));
        i++;
        j++;
      } else if (common[i + 1][j] >= common[i][j + 1]) {
        script.add(new Line(Side.OLD, before.get(i++)));
      } else {
        script.add(new Line(Side.NEW, after.get(j++)));
      }
    }
    before.subList(i, before.size()).forEach(line -> script.add(new Line(Side.OLD, line)));
    after.subList(j, after.size()).forEach(line -> script.add(new Line(Side.NEW, line)));
  }

  /** The length of the longest common subsequence from each pair of lines on. */
  private static int[][] common(List<String> before, List<String> after) {
    int[][] length = new int[before.size() + 1][after.size() + 1];
    for (int i = before.size() - 1; i >= 0; i--) {
      for (int j = after.size() - 1; j >= 0; j--) {
        length[i][j] =
            before.get(i).equals(after.get(j))
                ? length[i + 1][j + 1] + 1
                : Math.max(length[i + 1][j], length[i][j + 1]);
      }
    }
    return length;
  }

  private List<String> hunks() {
    List<String> out = new ArrayList<>();
    int done = 0;
    for (int at = next(0); at < script.size(); at = next(done)) {
      int from = Math.max(done, at - CONTEXT);
      int to = end(at);
      out.add(range(from, to));
      script.subList(from, to).forEach(line -> write(line, out));
      done = to;
    }
    return out;
  }

  /** The next line that differs. */
  private int next(int from) {
    int at = from;
    while (at < script.size() && script.get(at).side() == Side.BOTH) {
      at++;
    }
    return at;
  }

  /** Where the hunk ends: before lines that are the same, more than two contexts of them. */
  private int end(int first) {
    int at = first;
    while (true) {
      while (at < script.size() && script.get(at).side() != Side.BOTH) {
        at++;
      }
      int again = next(at);
      if (again == script.size() || again - at > 2 * CONTEXT) {
        return Math.min(script.size(), at + CONTEXT);
      }
      at = again;
    }
  }

  private String range(int from, int to) {
    return "@@ -" + range(from, to, Side.OLD) + " +" + range(from, to, Side.NEW) + " @@";
  }

  private String range(int from, int to, Side side) {
    long before = count(0, from, side);
    long length = count(from, to, side);
    return (length == 0 ? before : before + 1) + "," + length;
  }

  private long count(int from, int to, Side side) {
    return script.subList(from, to).stream()
        .filter(line -> line.side() == Side.BOTH || line.side() == side)
        .count();
  }

  private static void write(Line line, List<String> out) {
    boolean ends = line.text().endsWith("\n");
    String text = ends ? line.text().substring(0, line.text().length() - 1) : line.text();
    out.add(line.side().sign + text);
    if (!ends) {
      out.add(NO_NEWLINE);
    }
  }
}
