package org.qrepo.publish;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.qrepo.alpm.PackageName;

/**
 * What the user wants of a repository.
 *
 * @param packages package files to publish; a {@code .sig} beside one is used if it is good
 * @param removals names to take out
 * @param options what is allowed that is refused otherwise
 */
public record Change(List<Path> packages, Set<PackageName> removals, Options options)
    implements Intent {
  public Change {
    packages = List.copyOf(packages);
    removals = Set.copyOf(removals);
  }

  /** A change that adds packages and allows nothing special. */
  public static Change adding(List<Path> packages) {
    return new Change(packages, Set.of(), Options.NONE);
  }

  /** A change that takes packages out. */
  public static Change removing(Set<PackageName> names) {
    return new Change(List.of(), names, Options.NONE);
  }

  /**
   * What is allowed that is refused otherwise.
   *
   * @param init no repository is expected: one that is there is a refusal
   * @param replace other bytes for a published version are stored under a new file name
   * @param allowDowngrade a version below the published one may take its place
   */
  public record Options(boolean init, boolean replace, boolean allowDowngrade) {
    public static final Options NONE = new Options(false, false, false);
  }
}
