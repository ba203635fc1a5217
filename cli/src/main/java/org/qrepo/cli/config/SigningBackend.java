package org.qrepo.cli.config;

/** Who holds the key. */
public enum SigningBackend {
  /** A file that qrepo reads. */
  FILE,
  /** GnuPG and its agent. */
  GPG,
  /** GnuPG in another qube, through {@code qubes-gpg-client-wrapper}. */
  SPLIT_GPG,
  /** The signing service of another qube. */
  QUBES_GPG_SIGN
}
