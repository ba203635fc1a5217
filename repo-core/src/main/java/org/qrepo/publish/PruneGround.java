package org.qrepo.publish;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a prune looks at: a repository's generations, and what they name. */
interface PruneGround {
  /** The folder of the generations. */
  StoreKey generations();

  /**
   * The live generation; empty if nothing is published.
   *
   * @throws org.qrepo.RefusedException if what is there does not verify
   */
  Optional<GenerationId> published() throws IOException;

  /**
   * As {@link #published}.
   *
   * @throws org.qrepo.RefusedException also if its commit has begun and not ended
   */
  Optional<GenerationId> settled() throws IOException;

  /** What keeps publishers out. */
  RepositoryLock lock(Duration patience);

  /** Every generation, verified. */
  GenerationShelf.Contents shelf() throws IOException;

  /** The folders of generations that are there now. */
  Set<GenerationId> folders() throws IOException;

  /** Which of the files that generations name are in the store. */
  Set<String> present() throws IOException;

  /**
   * The objects that stand for some generations and files, in the order of their deletion: as long
   * as a generation can be read, what it names is known.
   */
  List<StoreKey> objects(PruneAnnouncement some);

  /**
   * Whether an announcement may name this file.
   *
   * @throws IllegalArgumentException if it may not
   */
  void requireName(String file);
}
