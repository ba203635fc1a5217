package org.qrepo.audit;

import java.util.List;
import org.qrepo.alpm.PackageName;

/**
 * Sources to build packages of anew.
 *
 * @param base the sources' name: the package's own, or that of all packages split from them
 * @param packages that are published of them and ask for it, or pin one that does
 * @param cycle whether it needs something that comes later, because they need each other
 */
public record Rebuild(String base, List<PackageName> packages, boolean cycle) {
  public Rebuild {
    packages = List.copyOf(packages);
  }
}
