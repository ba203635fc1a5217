package org.qrepo.cli.config;

import java.util.Locale;

/** Which qubes-builder. */
public enum BuilderKind {
  /** The one that is driven by make: configurations up to release 4.2. */
  CLASSIC,
  /** Its successor, driven by {@code qb}. */
  V2;

  /** As in the configuration. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
