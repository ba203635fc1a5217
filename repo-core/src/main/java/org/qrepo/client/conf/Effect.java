package org.qrepo.client.conf;

/** What a finding in a configuration does to pacman, the lightest first. */
public enum Effect {
  /** pacman says nothing; users may be surprised. */
  NOTED,
  /** pacman prints a warning and passes over the line. */
  WARNED,
  /** pacman prints an error and passes over what it is about. */
  PASSED_OVER,
  /** Every {@code -Sy}, and with it every upgrade, ends with an error. */
  SYNC_FAILS,
  /** Every call of pacman ends with an error. */
  STOPS
}
