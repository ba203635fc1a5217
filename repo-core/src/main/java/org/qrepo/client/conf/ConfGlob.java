package org.qrepo.client.conf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The pattern of an {@code Include}, as glob(7) has it: {@code *}, {@code ?} and brackets within
 * one part of a path, names that begin with a dot only where the pattern does. Matches stand in the
 * order of their bytes, which is that of every locale for names of letters, digits and dashes that
 * differ in one of the first two.
 */
final class ConfGlob {
  /** No folder of drop-ins has as many. */
  private static final int MAX_MATCHES = 10_000;

  private ConfGlob() {}

  /**
   * What a pattern stands for; the pattern itself, with its backslashes, if nothing fits it.
   *
   * @throws IOException if a folder cannot be listed, or has too much that fits
   */
  static List<Path> expand(Path base, String pattern) throws IOException {
    List<Path> found = List.of(pattern.startsWith("/") ? Path.of("/") : base);
    for (String part : pattern.split("/+", -1)) {
      if (!part.isEmpty()) {
        found = below(found, part);
      }
    }
    return found.isEmpty() ? List.of(base.resolve(pattern)) : found;
  }

  private static List<Path> below(List<Path> folders, String part) throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path folder : folders) {
      if (part.matches(".*[*?\\[].*")) {
        found.addAll(matches(folder, part));
      } else {
        Path literal = folder.resolve(part.replaceAll("\\\\(.)", "$1"));
        if (Files.exists(literal, LinkOption.NOFOLLOW_LINKS)) {
          found.add(literal);
        }
      }
      if (found.size() > MAX_MATCHES) {
        throw new IOException("more than " + MAX_MATCHES + " files fit");
      }
    }
    return found;
  }

  private static List<Path> matches(Path folder, String part) throws IOException {
    Pattern names = pattern(part);
    List<Path> found = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return found;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path one : all) {
        if (names.matcher(String.valueOf(one.getFileName())).matches()) {
          found.add(one);
        }
        if (found.size() > MAX_MATCHES) {
          break;
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    found.sort(Comparator.comparing(ConfGlob::bytes, Arrays::compareUnsigned));
    return found;
  }

  private static byte[] bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static Pattern pattern(String part) {
    StringBuilder regex = new StringBuilder(part.matches("[*?\\[].*") ? "(?![.])" : "");
    int at = 0;
    while (at < part.length()) {
      char c = part.charAt(at);
      int end = c == '[' ? endOfBrackets(part, at) : -1;
      if (end > 0) {
        regex.append(brackets(part.substring(at + 1, end)));
        at = end;
      } else if (c == '*') {
        regex.append(".*");
      } else if (c == '?') {
        regex.append('.');
      } else {
        at += c == '\\' && at + 1 < part.length() ? 1 : 0;
        regex.append(Pattern.quote(part.substring(at, at + 1)));
      }
      at++;
    }
    try {
      return Pattern.compile(regex.toString(), Pattern.DOTALL);
    } catch (PatternSyntaxException e) {
      return Pattern.compile(Pattern.quote(part));
    }
  }

  /** A bracket right after the opening one, or after its negation, is one of the characters. */
  private static int endOfBrackets(String part, int start) {
    int first = start + 1;
    if (first < part.length() && "!^".indexOf(part.charAt(first)) >= 0) {
      first++;
    }
    return part.indexOf(']', first + 1);
  }

  private static String brackets(String inside) {
    boolean negated = inside.startsWith("!") || inside.startsWith("^");
    String set = (negated ? inside.substring(1) : inside).replaceAll("[\\\\\\[\\]&^]", "\\\\$0");
    return (negated ? "[^" : "[") + set + "]";
  }
}
