package org.qrepo.publish;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The name of an object below a repository directory: segments parted by {@code /}, never empty,
 * never {@code .} or {@code ..}, so that a key cannot leave its directory.
 *
 * @param value at most 1024 characters, no control characters, no backslash
 */
public record StoreKey(String value) implements Comparable<StoreKey> {
  public StoreKey {
    if (value.isEmpty() || value.length() > 1024) {
      throw new IllegalArgumentException("a store key has 1 to 1024 characters");
    }
    for (String segment : List.of(value.split("/", -1))) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw new IllegalArgumentException(
            "'" + value + "' is not a store key: empty, . and .. are no names");
      }
    }
    if (value.chars().anyMatch(c -> c < 0x20 || c == 0x7f || c == '\\')) {
      throw new IllegalArgumentException("a store key holds no control character and no backslash");
    }
  }

  /** The last segment. */
  public String name() {
    return value.substring(value.lastIndexOf('/') + 1);
  }

  /** A key below this one. */
  public StoreKey child(String name) {
    return new StoreKey(value + "/" + name);
  }

  /**
   * Where a link of this name leads; empty if it is absolute, leaves the store, or is not the path
   * of an object.
   *
   * @param target a path relative to the folder of this name
   */
  Optional<StoreKey> resolve(String target) {
    Deque<String> path = new ArrayDeque<>(List.of(value.split("/", -1)));
    path.removeLast();
    for (String segment : target.split("/", -1)) {
      if (!segment.equals("..")) {
        path.addLast(segment);
      } else if (path.pollLast() == null) {
        return Optional.empty();
      }
    }
    try {
      return Optional.of(new StoreKey(String.join("/", path)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public int compareTo(StoreKey other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
