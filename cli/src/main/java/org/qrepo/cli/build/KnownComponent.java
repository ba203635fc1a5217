package org.qrepo.cli.build;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qrepo.cli.config.ComponentName;

/**
 * A component that is known to have packages for Arch Linux.
 *
 * @param usual whether it is built where nothing else is said
 * @param packages what it gives
 */
public record KnownComponent(ComponentName name, boolean usual, List<Expected> packages) {
  private static final Pattern LINE =
      Pattern.compile("([A-Za-z0-9_-]+)(\\??):((?: [a-z0-9|-]+\\??)+)");

  public KnownComponent {
    packages = List.copyOf(packages);
  }

  /**
   * A package that a component gives.
   *
   * @param anyOf names, of which one is enough
   * @param always whether it does so in every release of Qubes
   */
  public record Expected(List<String> anyOf, boolean always) {
    public Expected {
      anyOf = List.copyOf(anyOf);
    }

    /** Whether one of these packages is it. */
    public boolean isAmong(Collection<String> names) {
      return anyOf.stream().anyMatch(names::contains);
    }

    @Override
    public String toString() {
      return String.join(" or ", anyOf);
    }

    private static Expected parse(String word) {
      boolean always = !word.endsWith("?");
      String names = always ? word : word.substring(0, word.length() - 1);
      return new Expected(List.of(names.split("\\|")), always);
    }
  }

  /**
   * Reads a line of the list.
   *
   * @throws IllegalArgumentException if it is none
   */
  static KnownComponent parse(String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a component and its packages: " + line);
    }
    return new KnownComponent(
        new ComponentName(matcher.group(1)),
        matcher.group(2).isEmpty(),
        Arrays.stream(matcher.group(3).strip().split(" ")).map(Expected::parse).toList());
  }

  /** What it should have given and is not among these packages. */
  public List<Expected> missingFrom(Collection<String> names) {
    return packages.stream().filter(Expected::always).filter(e -> !e.isAmong(names)).toList();
  }
}
