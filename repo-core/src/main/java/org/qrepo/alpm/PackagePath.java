package org.qrepo.alpm;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Where a file of a package is installed, below the root: {@code usr/bin/hello}. Ordered by the
 * bytes of UTF-8, so that a directory stands before what is in it.
 */
record PackagePath(String value) implements Comparable<PackagePath> {
  /** What Linux takes as a path, less its terminating zero. */
  private static final int MAX_LENGTH = 4095;

  /** What Linux file systems take as a name. */
  private static final int MAX_NAME = 255;

  /**
   * Checks the path.
   *
   * @throws IllegalArgumentException if clients would not install it exactly there
   */
  PackagePath {
    if (value.startsWith("/")) {
      throw refused(value, "begins with a slash");
    }
    if (value.startsWith(".")) {
      throw refused(value, "begins with a dot, as only pacman's own members may");
    }
    if (!PlainText.is(value)) {
      throw refused(value, "has a control character");
    }
    if (!Normalizer.isNormalized(value, Normalizer.Form.NFC)) {
      throw refused(value, "has decomposed characters, which clients compose");
    }
    if (value.getBytes(StandardCharsets.UTF_8).length > MAX_LENGTH) {
      throw refused(value, "is longer than " + MAX_LENGTH + " bytes");
    }
    for (String name : value.split("/", -1)) {
      checkName(value, name);
    }
  }

  private static void checkName(String path, String name) {
    if (name.isEmpty()) {
      throw refused(path, "has an empty part");
    }
    if (name.equals(".") || name.equals("..")) {
      throw refused(path, "has a part '" + name + "'");
    }
    if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME) {
      throw refused(path, "has a part longer than " + MAX_NAME + " bytes");
    }
  }

  private static IllegalArgumentException refused(String path, String reason) {
    return new IllegalArgumentException("path " + Quoted.of(path) + " " + reason);
  }

  /** The directories above it, outermost first. */
  List<PackagePath> parents() {
    List<PackagePath> parents = new ArrayList<>();
    for (int at = value.indexOf('/'); at > 0; at = value.indexOf('/', at + 1)) {
      parents.add(new PackagePath(value.substring(0, at)));
    }
    return Collections.unmodifiableList(parents);
  }

  @Override
  public int compareTo(PackagePath other) {
    return Arrays.compareUnsigned(
        value.getBytes(StandardCharsets.UTF_8), other.value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return value;
  }
}
