package org.qrepo.cli.source;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * One line of a {@code .gitignore} (gitignore(5)).
 *
 * @param regex of the whole path below the file's folder, or of the name alone
 * @param byName whether it is about the name, in any folder
 * @param directoriesOnly whether a slash stands at its end
 * @param negated whether it takes others back
 */
record IgnorePattern(Pattern regex, boolean byName, boolean directoriesOnly, boolean negated) {
  private static final Map<String, String> CLASSES =
      Map.ofEntries(
          Map.entry("alpha", "\\p{Alpha}"),
          Map.entry("digit", "\\p{Digit}"),
          Map.entry("alnum", "\\p{Alnum}"),
          Map.entry("upper", "\\p{Upper}"),
          Map.entry("lower", "\\p{Lower}"),
          Map.entry("punct", "\\p{Punct}"),
          Map.entry("space", "\\s\\x0b"),
          Map.entry("blank", "\\p{Blank}"),
          Map.entry("cntrl", "\\p{Cntrl}"),
          Map.entry("graph", "\\p{Graph}"),
          Map.entry("print", "\\p{Print}"),
          Map.entry("xdigit", "\\p{XDigit}"));

  /** Empty for comments, empty lines, and what can never fit. */
  static Optional<IgnorePattern> parse(String line) {
    String text = trimmed(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
    if (text.isEmpty() || text.startsWith("#")) {
      return Optional.empty();
    }
    boolean negated = text.startsWith("!");
    String glob = negated ? text.substring(1) : text;
    boolean directories = glob.endsWith("/");
    glob = directories ? glob.substring(0, glob.length() - 1) : glob;
    boolean byName = !glob.contains("/");
    glob = glob.startsWith("/") ? glob.substring(1) : glob;
    if (glob.isEmpty()) {
      return Optional.empty();
    }
    return new Translation(glob)
        .regex()
        .map(regex -> new IgnorePattern(regex, byName, directories, negated));
  }

  /** Blanks at the end do not count, unless a backslash stands before them. */
  private static String trimmed(String line) {
    int end = 0;
    for (int i = 0; i < line.length(); i++) {
      if (line.charAt(i) == '\\') {
        i++;
        end = Math.min(i + 1, line.length());
      } else if (line.charAt(i) != ' ') {
        end = i + 1;
      }
    }
    return line.substring(0, end);
  }

  boolean fits(String path, boolean directory) {
    String subject = byName ? path.substring(path.lastIndexOf('/') + 1) : path;
    return (directory || !directoriesOnly) && regex.matcher(subject).matches();
  }

  /** Of a glob into a regular expression. */
  private static final class Translation {
    private final String glob;
    private final StringBuilder out = new StringBuilder();
    private int at;

    Translation(String glob) {
      this.glob = glob;
    }

    Optional<Pattern> regex() {
      while (at < glob.length()) {
        char c = glob.charAt(at);
        boolean fits =
            switch (c) {
              case '*' -> stars();
              case '?' -> put("[^/]", 1);
              case '[' -> bracket();
              case '\\' ->
                  at + 1 < glob.length() && put(Pattern.quote(glob.substring(at + 1, at + 2)), 2);
              default -> put(Pattern.quote(String.valueOf(c)), 1);
            };
        if (!fits) {
          return Optional.empty();
        }
      }
      try {
        return Optional.of(Pattern.compile(out.toString(), Pattern.DOTALL));
      } catch (PatternSyntaxException e) {
        return Optional.empty();
      }
    }

    private boolean put(String regex, int consumed) {
      out.append(regex);
      at += consumed;
      return true;
    }

    /** Two stars mean any folders where slashes or ends are around them, else they mean one. */
    private boolean stars() {
      int end = at;
      while (end < glob.length() && glob.charAt(end) == '*') {
        end++;
      }
      boolean bounded = end - at >= 2 && (at == 0 || glob.charAt(at - 1) == '/');
      if (bounded && end < glob.length() && glob.charAt(end) == '/') {
        return put("(?:.*/)?", end + 1 - at);
      }
      return put(bounded && end == glob.length() ? ".*" : "[^/]*", end - at);
    }

    private boolean bracket() {
      StringBuilder set = new StringBuilder("(?!/)[");
      int i = at + 1;
      if (i < glob.length() && (glob.charAt(i) == '!' || glob.charAt(i) == '^')) {
        set.append('^');
        i++;
      }
      int first = i;
      while (i < glob.length() && (i == first || glob.charAt(i) != ']')) {
        i = member(set, i);
        if (i < 0) {
          return false;
        }
      }
      return i < glob.length() && put(set.append(']').toString(), i + 1 - at);
    }

    /** Adds one character, range or class; -1 if it is none. */
    private int member(StringBuilder set, int from) {
      if (glob.startsWith("[:", from)) {
        int end = glob.indexOf(":]", from + 2);
        String name = end < 0 ? null : CLASSES.get(glob.substring(from + 2, end));
        if (end >= 0) {
          set.append(name == null ? "" : name);
          return name == null ? -1 : end + 2;
        }
      }
      int i = from;
      if (glob.charAt(i) == '\\') {
        i++;
      }
      if (i >= glob.length()) {
        return -1;
      }
      char low = glob.charAt(i);
      boolean range =
          i + 2 < glob.length() && glob.charAt(i + 1) == '-' && glob.charAt(i + 2) != ']';
      if (!range) {
        set.append(escaped(low));
        return i + 1;
      }
      i += 2;
      if (glob.charAt(i) == '\\') {
        i++;
      }
      if (i >= glob.length()) {
        return -1;
      }
      char high = glob.charAt(i);
      // an empty range fits nothing, and must not be an error of the expression
      set.append(low <= high ? escaped(low) + "-" + escaped(high) : "");
      return i + 1;
    }

    private static String escaped(char c) {
      return "\\x{" + Integer.toHexString(c) + "}";
    }
  }
}
