package org.qrepo.sign.git;

/** An object is not what git makes. */
public final class ObjectException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param reason one line, lower case, no full stop
   */
  public ObjectException(String reason) {
    super(reason);
  }

  public String reason() {
    return String.valueOf(getMessage());
  }
}
