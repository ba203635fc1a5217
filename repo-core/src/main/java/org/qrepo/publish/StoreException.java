package org.qrepo.publish;

import java.io.IOException;

/** A store did not do what it was asked. The store classifies; decorators and the engine decide. */
public final class StoreException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What kind of failure it was, and so what may be done next. */
  public enum Kind {
    /** There is no object of this name. */
    ABSENT,
    /** The object is not in the state that was expected, or other bytes hold a write-once name. */
    CONFLICT,
    /** Credentials or permissions do not allow it. */
    DENIED,
    /** It may work when tried again. */
    TRANSIENT,
    /** It will not work, however often it is tried. */
    PERMANENT
  }

  private final Kind kind;

  /**
   * @param message what was tried, on what, what the store said and what to do, for people; holds
   *     no secret
   */
  public StoreException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public StoreException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
