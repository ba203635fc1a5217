package org.qrepo.audit;

/** Where the published repository stands in the clients' pacman.conf. */
public enum Priority {
  /** Before the distribution's: its packages come first. */
  OVERRIDE,
  /** After the distribution's, as a drop-in that pacman.conf includes at its end. */
  SUPPLEMENT;

  /** The other place. */
  public Priority other() {
    return this == OVERRIDE ? SUPPLEMENT : OVERRIDE;
  }
}
