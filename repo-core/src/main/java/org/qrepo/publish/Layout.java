package org.qrepo.publish;

/** How the mutable names of a repository follow its live generation. */
public enum Layout {
  /**
   * Links through {@code current}: one rename changes every name at once. Needs {@link
   * StoreTraits#links}.
   */
  POINTER,
  /** Objects of their own, swapped one after the other, the database first. */
  PLAIN
}
