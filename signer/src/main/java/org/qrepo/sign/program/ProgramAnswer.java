package org.qrepo.sign.program;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.qrepo.io.Digests;

/** How a program ended and what it said. */
final class ProgramAnswer {
  /** How it ended. */
  enum End {
    EXITED,
    /** It did nothing for too long and was stopped. */
    HUNG,
    /** It answered more than was asked for and was stopped. */
    TALKATIVE
  }

  private final End end;
  private final int exit;
  private final byte[] out;
  private final ErrorOutput errors;
  private final Optional<Digests> given;
  private final Optional<IOException> inputFailure;

  /**
   * @param given the digests of what it took; empty if it did not take all
   * @param inputFailure that its input could not be read
   */
  ProgramAnswer(
      End end,
      int exit,
      byte[] out,
      ErrorOutput errors,
      Optional<Digests> given,
      Optional<IOException> inputFailure) {
    this.end = end;
    this.exit = exit;
    this.out = out;
    this.errors = errors;
    this.given = given;
    this.inputFailure = inputFailure;
  }

  End end() {
    return end;
  }

  /** Its exit status, if it ended by itself. */
  int exit() {
    return exit;
  }

  byte[] out() {
    return out.clone();
  }

  /** What it told people, the last lines. */
  List<String> said() {
    return errors.said();
  }

  /** What it told programs. */
  StatusLines status() {
    return errors.status();
  }

  Optional<Digests> given() {
    return given;
  }

  Optional<IOException> inputFailure() {
    return inputFailure;
  }
}
