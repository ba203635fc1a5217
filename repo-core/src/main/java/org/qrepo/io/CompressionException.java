package org.qrepo.io;

import java.io.IOException;

/**
 * Compressed data is not what it should be. Says something about the data, never about the disk or
 * network they came from: that is any other {@link IOException}.
 */
public final class CompressionException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What is wrong. */
  public enum Kind {
    /** The data end before their last member is complete. */
    TRUNCATED,
    /** A checksum does not match, a field is impossible, or something follows the end. */
    DAMAGED,
    /** Reading them takes more memory than clients or qrepo allow. */
    TOO_LARGE
  }

  private final Kind kind;

  CompressionException(Kind kind, String reason) {
    super(reason);
    this.kind = kind;
  }

  CompressionException(Kind kind, String reason, Throwable cause) {
    super(reason, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
