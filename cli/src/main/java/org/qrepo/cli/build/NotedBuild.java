package org.qrepo.cli.build;

import java.nio.file.Path;
import java.util.Set;

/**
 * A build of a component, as its builder notes it.
 *
 * @param note where it is noted, or would be
 * @param packages the directory of the packages that it made
 * @param names of the packages there that the note names; none if it cannot be read
 */
public record NotedBuild(Path note, Path packages, Set<String> names) {
  public NotedBuild {
    names = Set.copyOf(names);
  }
}
