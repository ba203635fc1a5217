package org.qrepo.publish;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.qrepo.alpm.PackageName;

/**
 * Takes packages over from the live generation of another repository: their entries and file lists
 * to the byte, their files and signatures as they are. The source is only read.
 *
 * @param names of packages that the source has; empty: all of them
 * @param minAge how long a version must have been in the source, counted from the first generation
 *     of its chain that had it; not negative
 * @param allowDowngrade a version below the published one may take its place
 */
public record Promotion(
    Source source, Optional<Set<PackageName>> names, Duration minAge, boolean allowDowngrade)
    implements Intent {
  public Promotion {
    names = names.map(Set::copyOf);
    if (minAge.isNegative()) {
      throw new IllegalArgumentException("an age is not negative: " + minAge);
    }
  }

  /**
   * A repository to take packages from. It is verified against the same certificates as the one
   * that they go to.
   *
   * @param seen its highest generation that was ever seen
   */
  public record Source(RepositorySpec spec, Store store, SeenGenerations seen) {}
}
