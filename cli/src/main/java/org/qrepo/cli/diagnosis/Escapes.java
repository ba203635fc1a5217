package org.qrepo.cli.diagnosis;

/**
 * Tells what belongs to an escape sequence of a terminal, byte by byte: colours and cursor
 * movements ({@code ESC [ … letter}), titles ({@code ESC ] … BEL}), and the two-byte ones
 * (ECMA-48). A sequence that does not end by the end of its line ends there.
 */
final class Escapes {
  static final byte ESCAPE = 0x1b;
  private static final byte BELL = 0x07;

  private enum State {
    OUTSIDE,
    INTRODUCED,
    CONTROL,
    STRING,
    STRING_ESCAPE
  }

  private State state = State.OUTSIDE;

  /** The byte {@link #ESCAPE} was met. */
  void begin() {
    state = state == State.STRING ? State.STRING_ESCAPE : State.INTRODUCED;
  }

  /** Whether the next byte belongs to a sequence. */
  boolean inside() {
    return state != State.OUTSIDE;
  }

  void reset() {
    state = State.OUTSIDE;
  }

  /** Takes a byte that belongs to a sequence. */
  void take(byte b) {
    state =
        switch (state) {
          case OUTSIDE -> State.OUTSIDE;
          case INTRODUCED -> introduced(b);
          case CONTROL -> b >= 0x40 && b <= 0x7e ? State.OUTSIDE : State.CONTROL;
          case STRING -> b == BELL ? State.OUTSIDE : State.STRING;
          case STRING_ESCAPE -> b == '\\' ? State.OUTSIDE : introduced(b);
        };
  }

  private static State introduced(byte b) {
    if (b == '[') {
      return State.CONTROL;
    }
    if (b == ']' || b == 'P' || b == '_' || b == '^') {
      return State.STRING;
    }
    // Intermediate bytes, as in ESC ( B, come before the last one.
    return b >= 0x20 && b <= 0x2f ? State.INTRODUCED : State.OUTSIDE;
  }
}
