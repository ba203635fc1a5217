package org.qrepo.cli.config;

import java.util.Locale;

/** Where v2 runs what it builds. */
public enum BuildExecutor {
  DOCKER,
  PODMAN,
  /** A disposable qube. */
  QUBES;

  /** As in both configurations. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
