package org.qrepo.publish;

import java.util.Optional;
import org.qrepo.alpm.PackageName;
import org.qrepo.alpm.PackageVersion;

/**
 * What a plan does to one package.
 *
 * @param before the published version; empty for a new package
 * @param after the version to be; empty for a removal
 */
public record PackageChange(
    PackageName name, Optional<PackageVersion> before, Optional<PackageVersion> after) {
  /** What becomes of a package. */
  public enum Kind {
    ADDED,
    UPGRADED,
    DOWNGRADED,
    REBUILT,
    REMOVED
  }

  public Kind kind() {
    if (before.isEmpty()) {
      return Kind.ADDED;
    }
    if (after.isEmpty()) {
      return Kind.REMOVED;
    }
    int order = after.get().compareTo(before.get());
    return order > 0 ? Kind.UPGRADED : order < 0 ? Kind.DOWNGRADED : Kind.REBUILT;
  }
}
