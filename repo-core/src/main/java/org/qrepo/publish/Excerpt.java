package org.qrepo.publish;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.database.DatabaseEntry;

/**
 * What a repository gained since one of its generations: the live generation, those between the
 * two, and the packages that only the live one names, with their signatures. All of it is verified
 * as it is copied, nothing is signed, and the repository is only read.
 */
public final class Excerpt {
  /** Older generations that are copied at most. */
  private static final int MOST_GENERATIONS = 1000;

  private final RepositorySpec spec;
  private final Store source;
  private final Verifier verifier;
  private final SeenGenerations seen;
  private final Events events;
  private final Path scratchParent;
  private final int parallelism;

  /**
   * @param scratchParent where temporary files go
   * @param parallelism packages that are copied at a time; at least 1
   */
  public Excerpt(
      RepositorySpec spec,
      Store source,
      Verifier verifier,
      SeenGenerations seen,
      Events events,
      Path scratchParent,
      int parallelism) {
    this.spec = spec;
    this.source = source;
    this.verifier = verifier;
    this.seen = seen;
    this.events = events;
    this.scratchParent = scratchParent;
    this.parallelism = parallelism;
  }

  /**
   * What was copied.
   *
   * @param base what one must have for the rest to be of use; empty: nothing
   * @param head the live generation
   * @param generations how many were copied
   * @param packages how many were copied, each with its signature
   */
  public record Report(Optional<Plan.Base> base, Plan.Base head, int generations, int packages) {}

  /**
   * Copies into a store that holds nothing, as a repository without its mutable names.
   *
   * @param after the generation that the receiver has; empty: none, and everything is copied
   * @throws RefusedException {@code excerpt-base-unknown} if the repository's chain does not hold
   *     that generation; or if the repository does not verify or is not whole
   */
  public Report copy(Optional<GenerationId> after, Store destination) throws IOException {
    try (Scratch scratch = new Scratch(scratchParent);
        Workers workers = new Workers(parallelism)) {
      MirrorSource from = new MirrorSource(spec, source, verifier, seen, scratchParent);
      Generation live = from.live(scratch);
      List<Generation> behind = from.chain(live, Optional.empty());
      Optional<Generation> base =
          after.isEmpty() ? Optional.empty() : base(after.get(), live, behind);
      List<Generation> between = between(behind, base);
      Uploader uploader = new Uploader(plain(), destination, verifier, events, workers, Pause.REAL);
      copyGenerations(from, between, uploader);
      uploader.writeParts(from.built(live, scratch));
      return new Report(
          base.map(Excerpt::named),
          named(live),
          between.size() + 1,
          copyPackages(live, base, destination, workers));
    }
  }

  private static Plan.Base named(Generation generation) {
    return new Plan.Base(generation.sequence(), generation.digest());
  }

  private Optional<Generation> base(GenerationId id, Generation live, List<Generation> behind) {
    List<Generation> all = new ArrayList<>(List.of(live));
    all.addAll(behind);
    Optional<Generation> base = all.stream().filter(g -> g.id().equals(id)).findFirst();
    if (base.isPresent()) {
      return base;
    }
    Generation oldest = all.get(all.size() - 1);
    throw new RefusedException(
        Finding.of(
            "excerpt-base-unknown",
            id.value(),
            "this generation is not one from which the live one came",
            "live     generation " + live.id() + " (seq " + live.sequence() + ")",
            "oldest   generation " + oldest.id() + " (seq " + oldest.sequence() + ")",
            "It was pruned, or it belongs to the repository of another build qube."));
  }

  private static List<Generation> between(List<Generation> behind, Optional<Generation> base) {
    List<Generation> between = new ArrayList<>();
    for (Generation generation : behind) {
      boolean reached = base.filter(b -> generation.sequence() <= b.sequence()).isPresent();
      if (reached || between.size() == MOST_GENERATIONS) {
        break;
      }
      between.add(generation);
    }
    return between;
  }

  /** As objects under their names, without what only live repositories have. */
  private RepositorySpec plain() {
    return new RepositorySpec(
        spec.name(), spec.architecture(), Layout.PLAIN, spec.compression(), spec.desc(), false);
  }

  private void copyGenerations(MirrorSource from, List<Generation> between, Uploader uploader)
      throws IOException {
    List<Generation> oldestFirst = new ArrayList<>(between);
    Collections.reverse(oldestFirst);
    for (Generation generation : oldestFirst) {
      try (Scratch own = new Scratch(scratchParent)) {
        uploader.writeParts(from.built(generation, own));
      }
    }
  }

  private int copyPackages(
      Generation live, Optional<Generation> base, Store destination, Workers workers)
      throws IOException {
    Set<DatabaseEntry> known =
        new HashSet<>(base.isPresent() ? entries(base.get(), live) : List.of());
    List<DatabaseEntry> gained =
        live.database().entries().stream().filter(e -> !known.contains(e)).toList();
    PackageCopier copier = new PackageCopier(source, destination, verifier, events);
    workers.map(gained, entry -> copier.copy(entry, false));
    return gained.size();
  }

  /** The chain is kept without entries. */
  private List<DatabaseEntry> entries(Generation base, Generation live) throws IOException {
    if (base.digest().equals(live.digest())) {
      return live.database().entries();
    }
    try (Scratch own = new Scratch(scratchParent)) {
      return new GenerationReader(spec.name(), verifier)
          .read(source, base.digest(), own)
          .map(g -> g.database().entries())
          .orElse(List.of());
    }
  }
}
