package org.qrepo.cli.config;

import java.util.regex.Pattern;

/**
 * A template to build.
 *
 * @param name what it will be called in dom0
 */
public record BuildTemplate(BuildDist dist, String name) {
  /** What Qubes takes as the name of a qube. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,30}");

  /**
   * Reads {@code archlinux+minimal} or, with a name of its own, {@code archlinux+minimal:mine}: as
   * the classic builder writes its labels. Without one it has that of distribution, flavour and
   * options, joined by dashes.
   *
   * @throws IllegalArgumentException with a reason that can be shown
   */
  public static BuildTemplate parse(String text) {
    int colon = text.indexOf(':');
    BuildDist dist = BuildDist.parse(colon < 0 ? text : text.substring(0, colon));
    return colon < 0 ? of(dist) : new BuildTemplate(dist, name(text.substring(colon + 1)));
  }

  /** The one that is called as it is built. */
  public static BuildTemplate of(BuildDist dist) {
    return new BuildTemplate(dist, name(dist.toString().replace('+', '-')));
  }

  private static String name(String text) {
    if (!NAME.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is not a name of a template: up to 31 letters, digits, _ . and -; give another"
              + " with archlinux+minimal:NAME");
    }
    return text;
  }

  @Override
  public String toString() {
    return dist + ":" + name;
  }
}
