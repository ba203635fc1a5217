package org.qrepo.publish;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.qrepo.Finding;
import org.qrepo.RefusedException;

/**
 * What nothing needs any more, by the generations that a store holds: computed, nothing is touched.
 *
 * @param kept generations that stay
 * @param unkept generations that may go, and what dead publishers and prunes left of others
 * @param present package files of which something is in the store
 */
record PruneSelection(
    GenerationShelf.Contents shelf,
    Set<GenerationId> kept,
    Set<GenerationId> unkept,
    Set<String> present) {
  PruneSelection {
    kept = Set.copyOf(kept);
    unkept = Set.copyOf(unkept);
    present = Set.copyOf(present);
  }

  /**
   * Sorts the generations.
   *
   * @param live the generation that clients see
   * @param present package files that are in the store, or whose signature is
   * @param announced what an earlier prune announced
   * @param now by the server's clock
   * @throws RefusedException {@code publish-under-way} if a publisher may be at work on a
   *     generation now; {@code generation-missing} if the live one has no folder; {@code
   *     generation-unsigned} if one that was live has lost its signature
   */
  static PruneSelection of(
      GenerationShelf.Contents shelf,
      GenerationId live,
      Set<String> present,
      PrunePolicy policy,
      PruneAnnouncement announced,
      Instant now) {
    Map<GenerationId, Instant> superseded = new HashMap<>();
    Set<GenerationId> parents = chain(shelf, live, policy.keep(), superseded);
    Duration orphans =
        policy.grace().compareTo(policy.delay()) > 0 ? policy.grace() : policy.delay();
    Set<GenerationId> kept = new HashSet<>();
    Set<GenerationId> unkept = new HashSet<>();
    for (GenerationShelf.Shelved generation : shelf.whole()) {
      Instant since = superseded.get(generation.id());
      boolean young =
          since == null
              ? isWithin(orphans, ownTime(generation), now)
              : isWithin(policy.grace(), since, now);
      (parents.contains(generation.id()) || young ? kept : unkept).add(generation.id());
    }
    for (GenerationShelf.Incomplete remains : shelf.incomplete()) {
      requireDead(remains, shelf, policy, announced, now);
      unkept.add(remains.id());
    }
    return new PruneSelection(shelf, kept, unkept, present);
  }

  /**
   * The live generation and the nearest of its ancestors; when each ancestor was superseded goes
   * into {@code superseded}.
   */
  private static Set<GenerationId> chain(
      GenerationShelf.Contents shelf,
      GenerationId live,
      int keep,
      Map<GenerationId, Instant> superseded) {
    GenerationShelf.Shelved at = shelf.find(live).orElseThrow(() -> missing(live));
    Set<GenerationId> nearest = new HashSet<>(Set.of(live));
    superseded.put(live, Instant.MAX);
    for (Optional<GenerationShelf.Shelved> parent = parent(shelf, at);
        parent.isPresent() && !superseded.containsKey(parent.get().id());
        parent = parent(shelf, at)) {
      superseded.put(parent.get().id(), at.lineage().time());
      if (nearest.size() <= keep) {
        nearest.add(parent.get().id());
      }
      at = parent.get();
    }
    return nearest;
  }

  private static Optional<GenerationShelf.Shelved> parent(
      GenerationShelf.Contents shelf, GenerationShelf.Shelved child) {
    return child.lineage().parent().map(GenerationId::of).flatMap(shelf::find);
  }

  /** The time of a generation that was never live: by its publisher or by the server, the later. */
  private static Instant ownTime(GenerationShelf.Shelved generation) {
    Instant said = generation.lineage().time();
    return said.isAfter(generation.written()) ? said : generation.written();
  }

  private static boolean isWithin(Duration span, Instant since, Instant now) {
    return since.isAfter(now) || Duration.between(since, now).compareTo(span) < 0;
  }

  private static void requireDead(
      GenerationShelf.Incomplete remains,
      GenerationShelf.Contents shelf,
      PrunePolicy policy,
      PruneAnnouncement announced,
      Instant now) {
    boolean wasLive =
        shelf.whole().stream()
            .anyMatch(
                g -> g.lineage().parent().map(GenerationId::of).equals(Optional.of(remains.id())));
    if (remains.hasDatabase() && wasLive) {
      throw new RefusedException(
          Finding.of(
              "generation-unsigned",
              Names.generation(remains.id()).value(),
              "this generation was live, and its signature is missing",
              "Nobody can tell any more which packages it really names.",
              "Put the signature back, or delete the folder by hand."));
    }
    boolean halfPruned = announced.covers(remains);
    if (!halfPruned && isWithin(policy.delay(), remains.written(), now)) {
      throw new RefusedException(
          Finding.of(
              "publish-under-way",
              Names.generation(remains.id()).value(),
              "a publisher began this generation at " + remains.written(),
              "It may be at work now. Nothing was deleted; run the prune again when it is done.",
              "What a publisher that died has left is cleared away a day later."));
    }
  }

  private static RefusedException missing(GenerationId live) {
    return new RefusedException(
        Finding.of(
            "generation-missing",
            Names.generation(live).value(),
            "the live generation has no folder",
            "A publish of anything puts the next generation where it belongs; prune after that."));
  }

  /** Package files that an unkept generation names and no kept one does. */
  Set<String> packages() {
    return namedOnlyBy(unkept);
  }

  /** Package files in the store that only these generations name. */
  private Set<String> namedOnlyBy(Collection<GenerationId> ids) {
    Set<String> files = new TreeSet<>();
    shelf.whole().stream().filter(g -> ids.contains(g.id())).forEach(g -> files.addAll(g.files()));
    shelf.whole().stream()
        .filter(g -> !ids.contains(g.id()))
        .forEach(g -> files.removeAll(g.files()));
    files.retainAll(present);
    return files;
  }

  /** What would be announced now. */
  PruneAnnouncement announcement() {
    return new PruneAnnouncement(unkept, packages());
  }

  /**
   * What may be deleted: announced, and still not named by anything that stays. A generation goes
   * only with all packages that nothing but it names, for afterwards nobody would know of them.
   */
  PruneAnnouncement deletable(PruneAnnouncement announced) {
    Set<GenerationId> going = new HashSet<>(unkept);
    going.retainAll(announced.generations());
    for (boolean changed = true; changed; ) {
      Set<String> unannounced = namedOnlyBy(going);
      unannounced.removeAll(announced.packages());
      changed =
          going.removeIf(
              id ->
                  shelf.find(id).stream()
                      .anyMatch(g -> g.files().stream().anyMatch(unannounced::contains)));
    }
    Set<String> packages = namedOnlyBy(going);
    packages.retainAll(announced.packages());
    return new PruneAnnouncement(going, packages);
  }

  /** The selection after these generations are gone. */
  PruneSelection without(Set<GenerationId> gone) {
    Set<GenerationId> left = new HashSet<>(unkept);
    left.removeAll(gone);
    return new PruneSelection(
        new GenerationShelf.Contents(
            shelf.whole().stream().filter(g -> !gone.contains(g.id())).toList(),
            shelf.incomplete().stream().filter(g -> !gone.contains(g.id())).toList(),
            shelf.folders()),
        kept,
        left,
        present);
  }
}
