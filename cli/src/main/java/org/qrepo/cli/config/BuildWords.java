package org.qrepo.cli.config;

import java.util.regex.Pattern;

/**
 * Texts that go on to a builder. Make and shells there read them more than once, so only those
 * characters are let through that mean nothing to either.
 */
final class BuildWords {
  private static final Pattern MIRROR =
      Pattern.compile("https?://[A-Za-z0-9._~:/%+=-]+(/\\$repo/os/\\$arch)?");
  private static final Pattern SOURCE =
      Pattern.compile("(https?|git|ssh|file)://[A-Za-z0-9._~:/%+=@-]+");
  private static final Pattern BRANCH = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/+-]{0,127}");
  private static final Pattern IMAGE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/:@-]{0,255}");
  private static final Pattern DISPVM =
      Pattern.compile("@dispvm(:[A-Za-z][A-Za-z0-9_.-]{0,30})?|[A-Za-z][A-Za-z0-9_.-]{0,30}");
  private static final Pattern SIZE = Pattern.compile("[1-9][0-9]{0,5}[MGT]");
  private static final int LONGEST_URL = 1000;

  private BuildWords() {}

  static String mirror(String text) {
    return url(text, MIRROR, "a mirror like https://mirror.example.org/archlinux");
  }

  /** A URL that git clones from. */
  static String source(String text) {
    return url(text, SOURCE, "a URL that git clones from, like https://example.org/core-agent");
  }

  static String branch(String text) {
    boolean reserved = text.contains("..") || text.endsWith("/") || text.endsWith(".lock");
    return fit(text, !reserved && BRANCH.matcher(text).matches(), "the name of a branch or tag");
  }

  /** Of a container. */
  static String image(String text) {
    return fit(text, IMAGE.matcher(text).matches(), "a container image like builder:latest");
  }

  static String dispvm(String text) {
    return fit(text, DISPVM.matcher(text).matches(), "a disposable template, or @dispvm");
  }

  /** Of a template's root image. */
  static String size(String text) {
    return fit(text, SIZE.matcher(text).matches(), "a size like 20G");
  }

  private static String url(String text, Pattern form, String what) {
    return fit(text, text.length() <= LONGEST_URL && form.matcher(text).matches(), what);
  }

  private static String fit(String text, boolean fits, String what) {
    if (!fits) {
      throw new IllegalArgumentException("'" + text + "' is not " + what);
    }
    return text;
  }
}
