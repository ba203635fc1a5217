package org.qrepo.audit;

import java.util.Locale;

/** The kinds of findings of an audit. */
public enum Trouble {
  /** The distribution has what a package depends on, in versions that will not do. */
  DEPENDENCY_BOUND(true),
  /** The same for a shared library. */
  DEPENDENCY_SONAME(true),
  /** Nothing goes by the name that a package depends on. */
  DEPENDENCY_MISSING(true),
  /** What a package depends on is there and cannot be installed itself. */
  DEPENDENCY_BROKEN(false),
  /** Something would do, but pacman settles on another package of that name before. */
  DEPENDENCY_ORDER(false),
  /** A dependency can be met, but users who meet it with an older package cannot upgrade that. */
  DEPENDENCY_OUTRUN(true),
  /** A package or what it depends on conflicts with something else that it depends on. */
  CONFLICT(false),
  /** A package of the distribution says that it conflicts with a published one. */
  CONFLICT_DECLARED(false),
  /** A package of the distribution replaces a published one. */
  PACKAGE_REPLACED(false),
  /** The distribution has the package in a newer version, which takes the place of ours. */
  PACKAGE_OUTDATED(true),
  /** The distribution has the package too, and comes first. */
  PACKAGE_SHADOWED(false),
  /** The distribution has the package in a newer version, and ours keeps clients from it. */
  PACKAGE_BEHIND(true),
  /** A published package is for other machines. */
  PACKAGE_ARCHITECTURE(true),
  /** A published package takes away what packages of the distribution depend on. */
  DISTRIBUTION_BROKEN(true);

  private final boolean rebuild;

  Trouble(boolean rebuild) {
    this.rebuild = rebuild;
  }

  /** Stable, for scripts: {@code dependency-bound}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether building the package anew, against what the distribution has now, can mend it. */
  boolean asksForRebuild() {
    return rebuild;
  }
}
