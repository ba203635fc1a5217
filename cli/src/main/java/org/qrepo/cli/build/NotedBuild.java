package org.qrepo.cli.build;

import java.nio.file.Path;
import java.util.Set;

/**
 * A build of a component, as its builder notes it.
 *
 * @param note where it is noted, or would be
 * @param packages the directory of the packages that it made
 * @param names of the packages there that the note names; none if it cannot be read
 * @param current whether the builder takes it for that of the sources as they are, so that it may
 *     pass over them
 */
public record NotedBuild(Path note, Path packages, Set<String> names, boolean current) {
  public NotedBuild {
    names = Set.copyOf(names);
  }
}
