package org.qrepo.cli.config;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A distribution to build for, as both builders name it: {@code dist+flavor+option…}.
 *
 * @param extras flavour and options of the template, in order
 */
public record BuildDist(List<String> extras) {
  /** The only distribution of both builders that has packages for pacman. */
  public static final String NAME = "archlinux";

  /** Without a flavour. */
  public static final BuildDist PLAIN = new BuildDist(List.of());

  private static final Pattern EXTRA = Pattern.compile("[a-z0-9][a-z0-9._-]{0,31}");
  private static final int MOST_EXTRAS = 8;

  public BuildDist {
    extras = List.copyOf(extras);
  }

  /**
   * Reads {@code archlinux}, {@code archlinux+minimal}, {@code archlinux+minimal+no-recommends}.
   *
   * @throws IllegalArgumentException with a reason that can be shown
   */
  public static BuildDist parse(String text) {
    List<String> words = List.of(text.split("\\+", -1));
    if (!words.get(0).equals(NAME)) {
      throw new IllegalArgumentException(
          "'" + text + "' is not " + NAME + ", the distribution whose packages are for pacman");
    }
    List<String> extras = words.subList(1, words.size());
    if (extras.size() > MOST_EXTRAS || !extras.stream().allMatch(e -> EXTRA.matcher(e).matches())) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a distribution with flavour and options: archlinux+minimal");
    }
    return new BuildDist(extras);
  }

  /** Of the distribution alone: {@code archlinux}. */
  public String name() {
    return NAME;
  }

  /** As both builders name the set of packages for qubes: {@code vm-archlinux}. */
  public String packageSet() {
    return "vm-" + NAME;
  }

  /** {@code minimal}, {@code xfce}. */
  public Optional<String> flavor() {
    return extras.stream().findFirst();
  }

  /** What follows the flavour. */
  public List<String> options() {
    return extras.isEmpty() ? List.of() : extras.subList(1, extras.size());
  }

  @Override
  public String toString() {
    return extras.isEmpty() ? NAME : NAME + "+" + String.join("+", extras);
  }
}
