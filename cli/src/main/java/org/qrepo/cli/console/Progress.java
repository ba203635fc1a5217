package org.qrepo.cli.console;

/**
 * How far a piece of work is. May be advanced by several threads; closing takes it off the screen.
 */
public interface Progress extends AutoCloseable {
  /** Counts {@code bytes} more as done. */
  void advance(long bytes);

  /**
   * Tells how far one file of the work is: what is done of it counts for the whole, and a big one
   * is shown on a line of its own.
   *
   * @param done less than before if it began anew
   */
  void file(String name, long done, long size);

  /** Counts a file as done; what was told of it before is forgotten. */
  void finished(String name, long size);

  @Override
  void close();
}
