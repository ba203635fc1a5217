package org.qrepo.cli.config;

/**
 * The name of a component of Qubes, which is that of its directory of sources: {@code
 * core-agent-linux}.
 */
public record ComponentName(String value) implements Comparable<ComponentName> {
  /**
   * @throws IllegalArgumentException with a reason that can be shown
   */
  public ComponentName {
    if (!Key.CHOSEN_NAME.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "'" + value + "' is not the name of a component like core-agent-linux");
    }
  }

  @Override
  public int compareTo(ComponentName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
