package org.qrepo.alpm;

import java.util.List;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.io.Digests;

/**
 * What is known of a package file after one pass over all of its bytes.
 *
 * @param digests of the whole file
 * @param file the package, if it is one
 * @param refusals why it is none, or none that clients could use; empty if it is one
 */
public record PackageLook(Digests digests, Optional<PackageFile> file, List<Finding> refusals) {
  public PackageLook {
    refusals = List.copyOf(refusals);
  }
}
