package org.qrepo.cli.serve;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a file (RFC 9110, 14): the one range that clients ask for when they go on with a broken
 * download.
 *
 * @param first offset of the first byte
 * @param last offset of the last byte, inclusive
 */
record ByteRange(long first, long last) {
  private static final Pattern FORM = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

  /** Whether the header asks for one range in a form that is understood; others are ignored. */
  static boolean isUnderstood(String header) {
    return FORM.matcher(header).matches() && !header.equals("bytes=-");
  }

  /** The range that a header asks for; empty if the file has nothing of it. */
  static Optional<ByteRange> of(String header, long size) {
    Matcher matcher = FORM.matcher(header);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String from = matcher.group(1);
    String to = matcher.group(2);
    long first = from.isEmpty() ? Math.max(0, size - Long.parseLong(to)) : Long.parseLong(from);
    long last = from.isEmpty() || to.isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(to));
    return first <= last ? Optional.of(new ByteRange(first, last)) : Optional.empty();
  }

  long length() {
    return last - first + 1;
  }
}
