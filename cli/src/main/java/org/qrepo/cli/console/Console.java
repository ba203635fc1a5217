package org.qrepo.cli.console;

import org.qrepo.Finding;

/**
 * Where commands speak. Results go to standard output, everything else to standard error. Every
 * text given may come from a stranger: implementations make it {@link Harmless} before it reaches a
 * terminal.
 */
public interface Console {
  /** A line of the answer; scripts read it. Left out where the answer is a JSON object. */
  void result(String line);

  /**
   * Text made by qrepo itself, written to standard output as it is: a script, a key, a file to
   * save. Left out where the answer is a JSON object.
   */
  void document(String text);

  /** A stage of the work begins: {@code ==> text}. */
  void stage(String text);

  /** A stage with its figures in a column of their own. */
  void stage(String text, String figures);

  /** Something of the stage that people want to know: {@code -> text}. */
  void detail(String text);

  /** A further line below a stage, a detail or a warning. */
  void note(String text);

  /** Something that people want to know only when they ask for more ({@code -v}). */
  void verbose(String text);

  /** Something for whoever searches for a fault ({@code -vv}). */
  void debug(String text);

  /**
   * What another program says at this moment, shown on a terminal until something else is;
   * elsewhere not at all.
   */
  default void passing(String text) {}

  /** Something is not as it should be, and the work goes on. */
  void warning(Finding finding);

  /** The work ends without what was asked. */
  void failure(Failure failure);

  /**
   * Shows how far a piece of work is, on a terminal; elsewhere, and for scripts, nothing.
   *
   * @param total in bytes; 0 if it is not known
   */
  Progress progress(String what, long total);
}
