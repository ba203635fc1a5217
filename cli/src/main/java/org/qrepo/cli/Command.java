package org.qrepo.cli;

/** One thing that qrepo does. Its options are picocli annotations on the implementing class. */
public interface Command {
  /**
   * Carries it out. Whatever it throws is turned into text and exit code in one place, {@link
   * Failures}.
   */
  Answer run(Session session) throws Exception;

  /** Whether it can change something, so that a refusal is worth the words that it has not. */
  default boolean changes() {
    return false;
  }
}
