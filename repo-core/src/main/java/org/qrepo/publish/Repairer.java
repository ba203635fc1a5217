package org.qrepo.publish;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finishes a commit that a publisher began and did not live to end: the names that clients fetch
 * are brought to the generation that the live database is of. Everything that is written is in the
 * store already, signed, and is verified again; no key is needed.
 */
public final class Repairer {
  private static final int ATTEMPTS = 5;

  private final RepositorySpec spec;
  private final Store store;
  private final Verifier verifier;
  private final SeenGenerations seen;
  private final Events events;
  private final Path scratchParent;
  private final RepositoryLock lock;
  private final Rivals rivals;

  /**
   * @param scratchParent where temporary files go: room for both databases
   * @param lockPatience how long to wait for a publisher that is at work
   */
  public Repairer(
      RepositorySpec spec,
      Store store,
      Verifier verifier,
      SeenGenerations seen,
      Events events,
      Path scratchParent,
      Duration lockPatience) {
    this.spec = spec;
    this.store = store;
    this.verifier = verifier;
    this.seen = seen;
    this.events = events;
    this.scratchParent = scratchParent;
    this.lock = new RepositoryLock(spec, store, lockPatience);
    this.rivals = new Rivals(store, new RepositoryLock(spec, store, lockPatience), 1, Pause.REAL);
  }

  /**
   * What was mended.
   *
   * @param live the generation that every name shows now; empty if nothing is published
   * @param mended the names that showed another generation, or nothing, in the order of a commit
   */
  public record Repair(Optional<Generation> live, List<StoreKey> mended) {
    public Repair {
      mended = List.copyOf(mended);
    }
  }

  /**
   * Looks, and finishes what was begun; writes nothing if all is well.
   *
   * @throws org.qrepo.RefusedException if what is there does not verify, or the generation is not
   *     whole
   * @throws LockedException if a publisher held the lock too long
   * @throws ConflictException if others changed the repository in every attempt
   */
  public Repair repair() throws IOException {
    try (Scratch scratch = new Scratch(scratchParent)) {
      Remote found = read(scratch);
      if (!isBegun(found)) {
        return whole(found);
      }
      try (StoreLock held = lock.take()) {
        return underLock(held, scratch);
      }
    }
  }

  private Repair underLock(StoreLock held, Scratch scratch) throws IOException {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      Remote now = read(scratch);
      if (!isBegun(now)) {
        return whole(now);
      }
      try {
        return finish((Remote.Live) now, scratch, held);
      } catch (SupersededException e) {
        events.on(new Event.Superseded(attempt));
      }
    }
    throw new ConflictException(
        "other publishers changed "
            + store.location()
            + " in each of "
            + ATTEMPTS
            + " attempts to repair it. Run it again.");
  }

  private Remote read(Scratch scratch) throws IOException {
    return RemoteReader.thorough(spec, store, verifier, seen).read(Set.of(), scratch);
  }

  private static boolean isBegun(Remote remote) {
    return remote instanceof Remote.Live live && !live.unsettled().isEmpty();
  }

  private static Repair whole(Remote remote) {
    return new Repair(
        remote instanceof Remote.Live live ? Optional.of(live.generation()) : Optional.empty(),
        List.of());
  }

  private Repair finish(Remote.Live live, Scratch scratch, StoreLock held)
      throws IOException, SupersededException {
    Generation generation = live.generation();
    events.on(new Event.FinishingCommit(generation.id()));
    new Finisher(spec, store, verifier).finish(live, scratch, rivals, held);
    seen.record(
        spec.name(),
        store.location(),
        new SeenGenerations.Seen(generation.sequence(), generation.id()));
    return new Repair(
        Optional.of(generation), live.unsettled().stream().map(Names.Mutable::key).toList());
  }
}
