package org.qrepo.rpm;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Epoch, version and release of a package, ordered as rpm orders them: runs of digits by their
 * number, runs of letters by their bytes, digits above letters, {@code ~} below the end and {@code
 * ^} just above it. What else stands between them only separates.
 *
 * @param epoch 0 where none is stated
 */
public record RpmVersion(long epoch, String version, String release)
    implements Comparable<RpmVersion> {
  private static final Pattern FORM = Pattern.compile("(?:([0-9]{1,10}):)?([^:-]+)-([^:-]+)");

  /** Those of a header. */
  public static RpmVersion of(RpmHeader header) {
    return new RpmVersion(
        header.number(RpmTag.EPOCH).orElse(0),
        header.text(RpmTag.VERSION).orElse(""),
        header.text(RpmTag.RELEASE).orElse(""));
  }

  /**
   * Reads {@code [EPOCH:]VERSION-RELEASE}.
   *
   * @throws IllegalArgumentException with a reason that can be shown
   */
  public static RpmVersion parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not [EPOCH:]VERSION-RELEASE");
    }
    String epoch = matcher.group(1);
    return new RpmVersion(
        epoch == null ? 0 : Long.parseLong(epoch), matcher.group(2), matcher.group(3));
  }

  @Override
  public int compareTo(RpmVersion other) {
    int order = Long.compare(epoch, other.epoch);
    if (order == 0) {
      order = compareParts(version, other.version);
    }
    return order == 0 ? compareParts(release, other.release) : order;
  }

  /** As {@code rpm.vercmp}. */
  public static int compareParts(String a, String b) {
    Scanner left = new Scanner(a);
    Scanner right = new Scanner(b);
    while (true) {
      char one = left.next();
      char two = right.next();
      if (one == '~' || two == '~') {
        if (one != two) {
          return one == '~' ? -1 : 1;
        }
        left.skip();
        right.skip();
      } else if (one == '^' || two == '^') {
        if (one != two) {
          return caret(one, two);
        }
        left.skip();
        right.skip();
      } else if (one == Scanner.END || two == Scanner.END) {
        return one == two ? 0 : one == Scanner.END ? -1 : 1;
      } else {
        int order = segment(left, right);
        if (order != 0) {
          return order;
        }
      }
    }
  }

  /** One side only goes on with a caret. */
  private static int caret(char one, char two) {
    if (one == Scanner.END) {
      return -1;
    }
    if (two == Scanner.END) {
      return 1;
    }
    return one == '^' ? -1 : 1;
  }

  private static int segment(Scanner left, Scanner right) {
    boolean number = isDigit(left.next());
    String one = left.take(number);
    String two = right.take(number);
    if (two.isEmpty()) {
      return number ? 1 : -1;
    }
    if (number) {
      one = one.replaceFirst("^0+", "");
      two = two.replaceFirst("^0+", "");
      if (one.length() != two.length()) {
        return Integer.signum(one.length() - two.length());
      }
    }
    return Integer.signum(one.compareTo(two));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  @Override
  public String toString() {
    return (epoch == 0 ? "" : epoch + ":") + version + "-" + release;
  }

  /** Walks over the parts of a version. */
  private static final class Scanner {
    static final char END = 0;

    private final String text;
    private int position;

    Scanner(String text) {
      this.text = text;
    }

    /** The next character that counts; {@link #END} if there is none. */
    char next() {
      while (position < text.length()) {
        char c = text.charAt(position);
        if (isDigit(c) || isLetter(c) || c == '~' || c == '^') {
          return c;
        }
        position++;
      }
      return END;
    }

    void skip() {
      position++;
    }

    String take(boolean digits) {
      int start = position;
      while (position < text.length()
          && (digits ? isDigit(text.charAt(position)) : isLetter(text.charAt(position)))) {
        position++;
      }
      return text.substring(start, position);
    }
  }
}
