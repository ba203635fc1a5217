package org.qrepo.tar;

import java.io.IOException;

/**
 * Bytes that are no whole and unambiguous tar archive. Who reads the archive says what that means.
 */
public final class TarException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;
  private final String value;

  TarException(Kind kind, String reason) {
    this(kind, reason, "");
  }

  TarException(Kind kind, String reason, String value) {
    super(reason);
    this.kind = kind;
    this.value = value;
  }

  /** What can be wrong with an archive. */
  public enum Kind {
    /** There is not one byte. */
    EMPTY,
    /** The first block is no header. */
    NOT_TAR,
    /** The bytes end before the archive does. */
    TRUNCATED,
    /** A later block that should be a header does not have the checksum of one. */
    CHECKSUM,
    /** A size is no number, or too large for one. */
    NUMBER,
    /** A member has no name, or one with a zero byte. */
    NAME,
    /** A name should be UTF-8 and is not: {@link #value}. */
    ENCODING,
    /** The records of an extended header are malformed, or contradict each other. */
    RECORDS,
    /** Two extended headers stand before one member. */
    CONFLICT,
    /** An extended header for the whole archive places members. */
    GLOBAL,
    /** The archive ends where an extended header promised a member. */
    DANGLING,
    /** Something that is no file has content; {@link #value} is its typeflag. */
    CONTENT,
    /** Something else than zeros follows the end. */
    TRAILING,
    /** More zeros than allowed follow the end. */
    PADDING,
    /** A GNU long name is too long; {@link #value} is its length. */
    LONG_NAME,
    /** A pax header is too large; {@link #value} is its size. */
    EXTENDED_HEADER,
    /** The archive is larger than allowed. */
    TOO_LARGE
  }

  public Kind kind() {
    return kind;
  }

  /**
   * What the {@link #kind} says it is, as a stranger wrote it: bytes as characters of ISO 8859-1;
   * empty for most kinds.
   */
  public String value() {
    return value;
  }
}
