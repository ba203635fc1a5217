package org.qrepo.cli;

import java.util.Optional;

/** The terminal that the process was started from, as far as there is one. */
public interface Terminal {
  /** No terminal at all: what logs, scripts and tests see. */
  Terminal NONE =
      new Terminal() {
        @Override
        public boolean showsOutput() {
          return false;
        }

        @Override
        public boolean showsErrors() {
          return false;
        }

        @Override
        public int columns() {
          return 0;
        }

        @Override
        public Optional<char[]> readSecret(String prompt) {
          return Optional.empty();
        }
      };

  /** Whether standard output goes to it. */
  boolean showsOutput();

  /** Whether standard error goes to it. */
  boolean showsErrors();

  /** Its width; 0 if standard error does not go to it. */
  int columns();

  /**
   * Asks the user for a secret, which is not shown; empty if there is nobody to ask. The caller
   * wipes it.
   */
  Optional<char[]> readSecret(String prompt);

  /**
   * Asks the user for a yes.
   *
   * @param question without the possible answers
   * @return false if it was no yes, or there is nobody to ask
   */
  default boolean confirms(String question) {
    return false;
  }
}
