package org.qrepo.publish;

import java.util.Optional;
import org.qrepo.Finding;

/**
 * A signature could not be made: no key, a locked key, a refused request, or a result that does not
 * verify.
 */
public final class SigningException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Optional<Finding> finding;

  /**
   * @param message which key, what went wrong, what to do; holds no secret
   */
  public SigningException(String message) {
    super(message);
    this.finding = Optional.empty();
  }

  public SigningException(String message, Throwable cause) {
    super(message, cause);
    this.finding = Optional.empty();
  }

  /**
   * @param finding why this key, or what it made, is refused; its headline becomes the message
   */
  public SigningException(Finding finding) {
    super(finding.headline());
    this.finding = Optional.of(finding);
  }

  /** What is wrong, with what to do in its details; empty where the message says it all. */
  public Optional<Finding> finding() {
    return finding;
  }
}
