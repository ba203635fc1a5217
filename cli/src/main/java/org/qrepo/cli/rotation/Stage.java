package org.qrepo.cli.rotation;

import java.util.Locale;

/** How far a change of keys is: what is to be done next. */
public enum Stage {
  /** Nothing: one key signs, and no change is under way. */
  STEADY,
  /** The keyring package with the next key has to reach every target. */
  SHIP,
  /** Clients have the next key when they have upgraded; then it can sign. */
  SWITCH,
  /** The new key signs; what the old one signed needs new signatures. */
  RESIGN,
  /** Nothing depends on the old key any more: it can be revoked. */
  REVOKE,
  /** The keyring package that revokes the old key has to reach every target. */
  WITHDRAW;

  /** For scripts. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
