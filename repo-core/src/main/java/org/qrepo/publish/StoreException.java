package org.qrepo.publish;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

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
  private final transient Optional<Duration> waitTime;

  /**
   * @param message what was tried, on what, what the store said and what to do, for people; holds
   *     no secret
   */
  public StoreException(Kind kind, String message) {
    super(message);
    this.kind = kind;
    this.waitTime = Optional.empty();
  }

  public StoreException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.waitTime = Optional.empty();
  }

  /**
   * @param waitTime how long the server asks to wait before the next try, unbounded, as it said it
   */
  public StoreException(Kind kind, String message, Duration waitTime) {
    super(message);
    this.kind = kind;
    this.waitTime = Optional.of(waitTime);
  }

  public Kind kind() {
    return kind;
  }

  /** How long the server asks to wait before the next try, if it does. */
  public Optional<Duration> waitTime() {
    return waitTime;
  }
}
