package org.qrepo.cli.console;

/** How much is said beside the answer. */
public enum Verbosity {
  /** Only warnings and errors ({@code -q}). */
  QUIET,
  NORMAL,
  /** {@code -v}. */
  VERBOSE,
  /** {@code -vv}: also what helps to find a fault. */
  DEBUG;

  public boolean atLeast(Verbosity other) {
    return compareTo(other) >= 0;
  }
}
