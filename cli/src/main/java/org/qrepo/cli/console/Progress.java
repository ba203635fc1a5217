package org.qrepo.cli.console;

/**
 * How far a piece of work is. May be advanced by several threads; closing takes it off the screen.
 */
public interface Progress extends AutoCloseable {
  /** Counts {@code bytes} more as done. */
  void advance(long bytes);

  @Override
  void close();
}
