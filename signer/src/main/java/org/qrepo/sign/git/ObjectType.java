package org.qrepo.sign.git;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The kinds of objects that git stores. */
public enum ObjectType {
  COMMIT,
  TREE,
  BLOB,
  TAG;

  /** As git writes it: {@code commit}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The kind that git writes so. */
  public static Optional<ObjectType> of(String word) {
    return Arrays.stream(values()).filter(t -> t.word().equals(word)).findFirst();
  }
}
