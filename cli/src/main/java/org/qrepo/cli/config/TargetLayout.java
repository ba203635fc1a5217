package org.qrepo.cli.config;

/** How the mutable names of a repository are kept. */
public enum TargetLayout {
  /** Links through one pointer: all names change at once. */
  POINTER,
  /** Objects, changed one after the other. */
  PLAIN,
  /** The server answers with a redirect to the generation. */
  REDIRECT
}
