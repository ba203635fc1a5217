package org.qrepo.alpm;

import java.nio.charset.StandardCharsets;

/**
 * The order of version strings. Works on bytes: only ASCII letters and digits form segments, each
 * other byte separates.
 */
final class VersionOrder {
  private final String epoch;
  private final String version;
  private final String release;
  private final boolean hasRelease;

  /** Splits a version whose characters stand for one byte each. */
  private VersionOrder(String bytes) {
    int colon = endOf(bytes, 0, VersionOrder::isDigit);
    boolean hasEpoch = colon < bytes.length() && bytes.charAt(colon) == ':';
    String rest = hasEpoch ? bytes.substring(colon + 1) : bytes;
    epoch = hasEpoch && colon > 0 ? bytes.substring(0, colon) : "0";
    int dash = rest.lastIndexOf('-');
    hasRelease = dash >= 0;
    version = hasRelease ? rest.substring(0, dash) : rest;
    release = hasRelease ? rest.substring(dash + 1) : "";
  }

  static int compare(String a, String b) {
    VersionOrder left = new VersionOrder(bytesOf(a));
    VersionOrder right = new VersionOrder(bytesOf(b));
    int order = compareSegments(left.epoch, right.epoch);
    if (order == 0) {
      order = compareSegments(left.version, right.version);
    }
    if (order == 0 && left.hasRelease && right.hasRelease) {
      order = compareSegments(left.release, right.release);
    }
    return order;
  }

  private static String bytesOf(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** Walks both strings segment by segment until one decides or one ends. */
  private static int compareSegments(String a, String b) {
    if (a.equals(b)) {
      return 0;
    }
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      int startA = endOf(a, i, c -> !isAlphanumeric(c));
      int startB = endOf(b, j, c -> !isAlphanumeric(c));
      int separatorsA = startA - i;
      int separatorsB = startB - j;
      i = startA;
      j = startB;
      if (i == a.length() || j == b.length()) {
        break;
      }
      if (separatorsA != separatorsB) {
        return separatorsA < separatorsB ? -1 : 1;
      }
      boolean number = isDigit(a.charAt(i));
      CharTest kind = number ? VersionOrder::isDigit : VersionOrder::isLetter;
      int endA = endOf(a, i, kind);
      int endB = endOf(b, j, kind);
      if (endB == j) {
        return number ? 1 : -1;
      }
      int order = compareSegment(a.substring(i, endA), b.substring(j, endB), number);
      if (order != 0) {
        return order;
      }
      i = endA;
      j = endB;
    }
    return compareRests(a, i, b, j);
  }

  private static int compareSegment(String a, String b, boolean number) {
    if (!number) {
      return Integer.signum(a.compareTo(b));
    }
    String left = a.substring(endOf(a, 0, c -> c == '0'));
    String right = b.substring(endOf(b, 0, c -> c == '0'));
    if (left.length() != right.length()) {
      return left.length() < right.length() ? -1 : 1;
    }
    return Integer.signum(left.compareTo(right));
  }

  /** At least one string has ended: the longer one is newer, unless it goes on with a letter. */
  private static int compareRests(String a, int i, String b, int j) {
    boolean endedA = i == a.length();
    boolean endedB = j == b.length();
    if (endedA && endedB) {
      return 0;
    }
    if (!endedA && isLetter(a.charAt(i))) {
      return -1;
    }
    return endedA && !isLetter(b.charAt(j)) ? -1 : 1;
  }

  private static int endOf(String text, int from, CharTest test) {
    int end = from;
    while (end < text.length() && test.matches(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isAlphanumeric(char c) {
    return isDigit(c) || isLetter(c);
  }

  /** A class of characters. */
  @FunctionalInterface
  private interface CharTest {
    boolean matches(char c);
  }
}
