package org.qrepo.cli.console;

/** What the process says to scripts. Unknown codes are to be read as failure. */
public enum ExitCode {
  /** Done, or nothing to do. */
  DONE(0),
  /** Failed, and no other code fits. */
  FAILED(1),
  /** Wrong usage or configuration. */
  USAGE(2),
  /** Input was refused: a package, a signature, a remote database; or an audit found breakage. */
  REFUSED(3),
  /** A signature could not be made. */
  SIGNING(4),
  /** A store or the network failed, also when tried again. */
  STORE(5),
  /** Another publisher was faster, again and again. */
  CONFLICT(6),
  /** Another publisher holds the lock. */
  LOCKED(7),
  /** Published, but the check as a stranger failed. */
  UNCONFIRMED(8),
  /** Stopped by the user. */
  INTERRUPTED(130);

  private final int value;

  ExitCode(int value) {
    this.value = value;
  }

  /** What it means, in a word or two. */
  public String words() {
    return switch (this) {
      case DONE -> "done";
      case FAILED -> "failed";
      case USAGE -> "wrong usage or configuration";
      case REFUSED -> "refused";
      case SIGNING -> "signing failed";
      case STORE -> "store or network failed";
      case CONFLICT -> "conflict with another publisher";
      case LOCKED -> "locked";
      case UNCONFIRMED -> "published, but the check as a stranger failed";
      case INTERRUPTED -> "interrupted";
    };
  }

  /** The exit status of the process. */
  public int value() {
    return value;
  }
}
