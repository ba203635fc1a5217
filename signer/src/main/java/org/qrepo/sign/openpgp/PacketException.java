package org.qrepo.sign.openpgp;

/** Bytes that are not the OpenPGP structure they should be. */
public final class PacketException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The kinds of damage that callers tell apart. */
  public enum Kind {
    /** No packet begins here. */
    NOT_A_PACKET,
    /** The bytes end before the packet does. */
    TRUNCATED,
    /** A packet in pieces, or one that ends wherever the file does. */
    OPEN_LENGTH,
    /** A packet is there, but its content breaks the format. */
    MALFORMED,
    /** More than any honest file holds. */
    TOO_MANY,
    /** A version or algorithm that is not implemented. */
    UNSUPPORTED
  }

  private final Kind kind;
  private final int offset;

  /**
   * What is wrong, and where.
   *
   * @param offset where in the bytes that were read, for packets; 0 for their content
   * @param message one line, lower case
   */
  public PacketException(Kind kind, int offset, String message) {
    super(message);
    this.kind = kind;
    this.offset = offset;
  }

  static PacketException malformed(String message) {
    return new PacketException(Kind.MALFORMED, 0, message);
  }

  static PacketException unsupported(String message) {
    return new PacketException(Kind.UNSUPPORTED, 0, message);
  }

  public Kind kind() {
    return kind;
  }

  public int offset() {
    return offset;
  }

  /** The message; never null. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
