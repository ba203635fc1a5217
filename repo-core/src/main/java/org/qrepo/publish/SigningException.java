package org.qrepo.publish;

/**
 * A signature could not be made: no key, a locked key, a refused request, or a result that does not
 * verify.
 */
public final class SigningException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message which key, what went wrong, what to do; holds no secret
   */
  public SigningException(String message) {
    super(message);
  }

  public SigningException(String message, Throwable cause) {
    super(message, cause);
  }
}
