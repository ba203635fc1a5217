package org.qrepo.cli;

/** A terminal with a user who answers and sees nothing. */
@FunctionalInterface
public interface UnseenTerminal extends Terminal {
  @Override
  default boolean showsOutput() {
    return false;
  }

  @Override
  default boolean showsErrors() {
    return false;
  }

  @Override
  default int columns() {
    return 0;
  }
}
