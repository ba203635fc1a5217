package org.qrepo.publish;

/**
 * Other publishers kept changing the repository while this one tried; nothing of this change is
 * live.
 */
public final class ConflictException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConflictException(String message) {
    super(message);
  }
}
