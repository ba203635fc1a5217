package org.qrepo.cli.config;

/** Whether a build may take packages that are not built here from Qubes' own repository. */
public enum OfficialPackages {
  /** Everything is built here. */
  NONE,
  CURRENT,
  CURRENT_TESTING
}
