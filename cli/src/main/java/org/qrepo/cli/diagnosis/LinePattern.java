package org.qrepo.cli.diagnosis;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a line of a log looks like: a text with holes, as {@code installing python ({version})
 * breaks dependency '{dependency:python<*}' required by {package}}.
 *
 * <p>A hole <code>{name}</code> takes one to {@value #MOST_WORD} characters that are neither blanks
 * nor quotes, as few as what follows allows; <code>{name:glob}</code> takes what the glob says, in
 * which {@code *} stands for such characters and {@code **} for any, up to {@value #MOST_TEXT}. A
 * pattern begins with a text, or with {@code ^}, the begin of the line; {@code $} at its end is the
 * end of the line. There is no going back to try otherwise, so that no line takes long.
 */
final class LinePattern {
  private static final int MOST_WORD = 200;
  private static final int MOST_TEXT = 400;

  /** How often the begin of a pattern is tried in one line. */
  private static final int MOST_TRIES = 32;

  /** A literal text shorter than this would be found in too many lines. */
  private static final int SHORTEST_NEEDLE = 3;

  private final String text;
  private final boolean atStart;
  private final boolean atEnd;
  private final List<Piece> pieces;
  private final boolean hasHoles;

  private LinePattern(String text, boolean atStart, boolean atEnd, List<Piece> pieces) {
    this.text = text;
    this.atStart = atStart;
    this.atEnd = atEnd;
    this.pieces = List.copyOf(pieces);
    this.hasHoles = pieces.stream().anyMatch(piece -> piece.name().isPresent());
  }

  /** A literal text, or a run of at most so many characters; and the hole that it is a part of. */
  private record Piece(String literal, int most, boolean any, Optional<String> name) {
    boolean isLiteral() {
      return most == 0;
    }

    boolean takes(char c) {
      return any || !(c <= ' ' || c == '\'' || c == '"' || c == '\u00a0');
    }
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException if it is none
   */
  static LinePattern of(String text) {
    boolean start = text.startsWith("^");
    boolean end = text.endsWith("$");
    String body = text.substring(start ? 1 : 0, text.length() - (end ? 1 : 0));
    List<Piece> pieces = new ArrayList<>();
    int at = 0;
    while (at < body.length()) {
      int open = body.indexOf('{', at);
      int close = open < 0 ? -1 : body.indexOf('}', open);
      if (close < 0) {
        addLiteral(pieces, body.substring(at), Optional.empty());
        break;
      }
      addLiteral(pieces, body.substring(at, open), Optional.empty());
      addHole(pieces, body.substring(open + 1, close));
      at = close + 1;
    }
    check(text, start, pieces);
    return new LinePattern(text, start, end, pieces);
  }

  private static void addHole(List<Piece> pieces, String hole) {
    int colon = hole.indexOf(':');
    String name = colon < 0 ? hole : hole.substring(0, colon);
    String glob = colon < 0 ? "*" : hole.substring(colon + 1);
    if (!name.matches("[a-z]+")) {
      throw new IllegalArgumentException("no name of a hole: {" + hole + "}");
    }
    int at = 0;
    while (at < glob.length()) {
      int star = glob.indexOf('*', at);
      if (star < 0) {
        addLiteral(pieces, glob.substring(at), Optional.of(name));
        break;
      }
      addLiteral(pieces, glob.substring(at, star), Optional.of(name));
      boolean any = glob.startsWith("**", star);
      pieces.add(new Piece("", any ? MOST_TEXT : MOST_WORD, any, Optional.of(name)));
      at = star + (any ? 2 : 1);
    }
  }

  private static void addLiteral(List<Piece> pieces, String literal, Optional<String> name) {
    if (!literal.isEmpty()) {
      pieces.add(new Piece(literal, 0, false, name));
    }
  }

  private static void check(String text, boolean start, List<Piece> pieces) {
    boolean literalFirst = !pieces.isEmpty() && pieces.get(0).isLiteral();
    if (!literalFirst && !start) {
      throw new IllegalArgumentException("begins neither with a text nor with ^: " + text);
    }
    for (int i = 1; i < pieces.size(); i++) {
      if (!pieces.get(i - 1).isLiteral() && !pieces.get(i).isLiteral()) {
        throw new IllegalArgumentException("two holes without a text between them: " + text);
      }
    }
    if (longest(pieces).length() < SHORTEST_NEEDLE) {
      throw new IllegalArgumentException("no text of " + SHORTEST_NEEDLE + " characters: " + text);
    }
  }

  /** The longest text that every line of this kind holds. */
  String needle() {
    return longest(pieces);
  }

  private static String longest(List<Piece> pieces) {
    return pieces.stream()
        .map(Piece::literal)
        .reduce("", (a, b) -> b.length() > a.length() ? b : a);
  }

  /** The names of the holes, in order. */
  List<String> holes() {
    return pieces.stream().flatMap(piece -> piece.name().stream()).distinct().toList();
  }

  /**
   * What is in the holes if the line is of this kind.
   *
   * @return by name, in the order of the pattern
   */
  Optional<Match> match(String line) {
    if (atStart) {
      return matchAt(line, 0);
    }
    String first = pieces.get(0).literal();
    int at = line.indexOf(first);
    for (int tries = 0; at >= 0 && tries < MOST_TRIES; tries++) {
      Optional<Match> match = matchAt(line, at);
      if (match.isPresent()) {
        return match;
      }
      at = line.indexOf(first, at + 1);
    }
    return Optional.empty();
  }

  private Optional<Match> matchAt(String line, int from) {
    int[] ends = new int[pieces.size()];
    int at = from;
    for (int i = 0; i < ends.length; i++) {
      Piece piece = pieces.get(i);
      at = piece.isLiteral() ? literalEnd(line, at, piece) : runEnd(line, at, i);
      if (at < 0) {
        return Optional.empty();
      }
      ends[i] = at;
    }
    return atEnd && at != line.length()
        ? Optional.empty()
        : Optional.of(new Match(from, filled(line, from, ends)));
  }

  private Map<String, String> filled(String line, int from, int[] ends) {
    if (!hasHoles) {
      return Map.of();
    }
    Map<String, String> filled = new LinkedHashMap<>();
    int begin = from;
    for (int i = 0; i < ends.length; i++) {
      String part = line.substring(begin, ends[i]);
      pieces.get(i).name().ifPresent(name -> filled.merge(name, part, String::concat));
      begin = ends[i];
    }
    return Collections.unmodifiableMap(filled);
  }

  private static int literalEnd(String line, int at, Piece piece) {
    return line.startsWith(piece.literal(), at) ? at + piece.literal().length() : -1;
  }

  /** Where a run ends: before the next text, or, at the end of the pattern, where it must. */
  private int runEnd(String line, int at, int index) {
    Piece run = pieces.get(index);
    String next = index + 1 < pieces.size() ? pieces.get(index + 1).literal() : "";
    int least = run.any() ? at : at + 1;
    int most = Math.min(line.length(), at + run.most());
    for (int end = at; ; end++) {
      if (!next.isEmpty() && end >= least && line.startsWith(next, end)) {
        return end;
      }
      if (end >= most || !run.takes(line.charAt(end))) {
        return next.isEmpty() && end >= least ? end : -1;
      }
    }
  }

  @Override
  public String toString() {
    return text;
  }

  /**
   * Where in the line it was found, and what was in its holes.
   *
   * @param holes by name
   */
  record Match(int at, Map<String, String> holes) {}
}
