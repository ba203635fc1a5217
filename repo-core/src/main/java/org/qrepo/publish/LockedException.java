package org.qrepo.publish;

/** Another publisher holds the lock and did not give it up in the time that was granted. */
public final class LockedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message who holds it since when, and what to do if that publisher is gone
   */
  public LockedException(String message) {
    super(message);
  }
}
