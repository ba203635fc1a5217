package org.qrepo.cli.diagnosis;

/**
 * A line of a log.
 *
 * @param log its name
 * @param line its number, from 1
 * @param text what it says, without escape sequences; of a long line a part
 */
public record Sighting(String log, long line, String text) {
  private static final int SHOWN = 300;
  private static final int SHOWN_BEFORE = 100;

  /** A line, cut to what is around a place in it. */
  static Sighting around(String log, long line, String text, int at) {
    int from = text.length() <= SHOWN ? 0 : Math.max(0, at - SHOWN_BEFORE);
    int to = Math.min(text.length(), from + SHOWN);
    String part =
        (from > 0 ? "…" : "") + text.substring(from, to).strip() + (to < text.length() ? "…" : "");
    return new Sighting(log, line, part);
  }

  /** {@code log:line}. */
  public String place() {
    return log + ":" + line;
  }
}
