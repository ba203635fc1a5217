package org.qrepo.store;

/**
 * A target or server address that cannot be used as it is written: wrong usage or configuration.
 */
public final class TargetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what is wrong with it and what would be right; holds no secret
   */
  public TargetException(String message) {
    super(message);
  }
}
