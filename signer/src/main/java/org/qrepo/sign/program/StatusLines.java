package org.qrepo.sign.program;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What gpg tells programs ({@code --status-fd}): a keyword and its arguments on each line. Used to
 * say what went wrong; what is right is found out by verifying. Source: GnuPG's doc/DETAILS.
 */
final class StatusLines {
  /** What every line begins with. */
  static final String PREFIX = "[GNUPG:] ";

  /** An error is a number of 16 bits for what, below a number for which part of GnuPG. */
  private static final int ERROR_CODE = 0xffff;

  private final List<String> lines;

  /**
   * @param lines without their prefix
   */
  StatusLines(List<String> lines) {
    this.lines = List.copyOf(lines);
  }

  boolean has(String keyword) {
    return lines.stream().anyMatch(l -> keyword(l).equals(keyword));
  }

  /** The error of a {@code FAILURE} while signing; empty if gpg named none. */
  OptionalInt failure() {
    return number("FAILURE", 2).stream().map(n -> n & ERROR_CODE).findFirst();
  }

  /** Why a key cannot sign, by a {@code INV_SGNR}. */
  OptionalInt invalidSigner() {
    return number("INV_SGNR", 1);
  }

  private OptionalInt number(String keyword, int at) {
    return lines.stream()
        .filter(l -> keyword(l).equals(keyword))
        .flatMap(l -> argument(l, at).stream())
        .filter(a -> a.matches("[0-9]{1,10}"))
        .mapToLong(Long::parseLong)
        .mapToInt(n -> (int) n)
        .findFirst();
  }

  static String keyword(String line) {
    return line.split(" ", 2)[0];
  }

  private static Optional<String> argument(String line, int at) {
    return Arrays.stream(line.split(" ")).skip(at).findFirst();
  }
}
