package org.qrepo.publish;

import java.io.IOException;
import java.util.Optional;

/**
 * The publisher's own memory of the highest generation it saw at each location: it shows a rollback
 * by others.
 */
public interface SeenGenerations {
  /** The highest generation seen of this repository at this location. */
  Optional<Seen> highest(RepositoryName repository, String location) throws IOException;

  /** Remembers a generation; one below the highest changes nothing. */
  void record(RepositoryName repository, String location, Seen seen) throws IOException;

  /** Forgets what was seen of this repository at this location: it begins anew there. */
  void forget(RepositoryName repository, String location) throws IOException;

  /** One generation. */
  record Seen(long sequence, GenerationId generation) {}
}
