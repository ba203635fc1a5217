package org.qrepo.audit;

/** What a finding means for those who use the published repository. */
public enum Severity {
  /** {@code pacman -Syu} or {@code pacman -S} fails, or takes a published package away. */
  BREAKS,
  /** Nothing fails, but clients do not get what the publisher means them to get. */
  WARNS
}
