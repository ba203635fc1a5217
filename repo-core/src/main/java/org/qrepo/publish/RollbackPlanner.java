package org.qrepo.publish;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.database.Database;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.database.FileLists;
import org.qrepo.io.Sha256;

/**
 * Finds the generation that is meant, and makes sure that everything that it names is still in the
 * store; writes nothing.
 */
final class RollbackPlanner implements Drafter {
  private final RepositorySpec spec;
  private final Store store;
  private final RemoteReader reader;
  private final History history;
  private final StoredPackages packages;
  private final Events events;
  private final Workers workers;
  private final Rollback rollback;
  private Optional<Sha256> begunOn = Optional.empty();

  RollbackPlanner(
      RepositorySpec spec,
      Store store,
      Verifier verifier,
      SeenGenerations seen,
      Events events,
      Workers workers,
      Path scratch,
      Rollback rollback) {
    this.spec = spec;
    this.store = store;
    this.reader = new RemoteReader(spec, store, verifier, seen);
    this.history = new History(spec, store, verifier, seen, scratch);
    this.packages =
        new StoredPackages(
            store, verifier, events, "Choose another generation, or publish the package anew.");
    this.events = events;
    this.workers = workers;
    this.rollback = rollback;
  }

  @Override
  public Draft draft(Scratch scratch) throws IOException {
    if (!(reader.read(Set.of(), scratch) instanceof Remote.Live live)) {
      throw refused(spec.name().value(), "nothing-published", "nothing is published there");
    }
    Generation target = target(live);
    Database before = live.generation().database();
    Database after = target.database();
    List<PackageChange> changes = History.changes(before, after);
    List<Transfer> transfers = changes.isEmpty() ? List.of() : transfers(before, after);
    List<Step> steps =
        TransferSteps.of(spec, live, !changes.isEmpty(), after.size(), transfers, "");
    Plan plan =
        new Plan(
            spec.name(),
            store.location(),
            rollback,
            Planner.base(live),
            changes,
            (int) after.entries().stream().filter(e -> isLive(e, before)).count(),
            steps,
            List.of());
    Kept kept = new Kept(after.entries(), Optional.of(target), FileLists.none());
    return new Draft(plan, live, List.of(), kept, transfers);
  }

  private Generation target(Remote.Live live) throws IOException {
    return rollback.to().isPresent()
        ? ancestor(live.generation(), rollback.to().get())
        : parent(live);
  }

  /** The parent means the state that the user saw: it is not looked for anew after a lost race. */
  private Generation parent(Remote.Live live) throws IOException {
    Generation now = live.generation();
    if (begunOn.isPresent() && !begunOn.get().equals(now.digest())) {
      throw new ConflictException(
          "another publisher published generation "
              + now.id()
              + " meanwhile; nothing was rolled back.\n"
              + "Look at qrepo log, and name the generation: --to-generation ID.");
    }
    begunOn = Optional.of(now.digest());
    if (!live.isSettled()) {
      throw refused(
          now.id().value(),
          "rollback-ambiguous",
          "a publisher began to make this generation live and did not finish",
          "Its parent may not be what you mean. Look at qrepo log, and name the generation:",
          "--to-generation ID.");
    }
    if (now.lineage().parent().isEmpty()) {
      throw refused(
          now.id().value(),
          "no-older-generation",
          "the live generation is the first one: there is nothing to roll back to");
    }
    return history.parent(now).orElseThrow(() -> lost(now.lineage().parent().get()));
  }

  private Generation ancestor(Generation live, GenerationId id) throws IOException {
    Generation generation = live;
    while (!generation.id().equals(id)) {
      Optional<Sha256> next = generation.lineage().parent();
      if (next.isEmpty()) {
        throw refused(
            id.value(),
            "generation-not-in-chain",
            "the live generation does not descend from this one",
            "The chain of " + live.id() + " was looked through to its first generation.",
            "qrepo log shows it.");
      }
      Optional<Generation> parent = history.parent(generation);
      generation = parent.orElseThrow(() -> lost(next.get()));
    }
    return generation;
  }

  private RefusedException lost(Sha256 digest) {
    return refused(
        GenerationId.of(digest).value(),
        "generation-gone",
        "this generation of the chain is not in the store any more, or does not verify",
        "The chain cannot be followed beyond it. A prune takes old generations; qrepo log shows",
        "which are left.");
  }

  /**
   * The packages that clients will fetch because of this, each read and verified; the others are
   * live, and need not be transferred.
   */
  private List<Transfer> transfers(Database before, Database after) throws IOException {
    List<DatabaseEntry> toRead =
        after.entries().stream().filter(e -> rollback.deep() || !isLive(e, before)).toList();
    List<DatabaseEntry> toLookAt =
        after.entries().stream().filter(e -> !rollback.deep() && isLive(e, before)).toList();
    List<Finding> refusals = new ArrayList<>();
    for (Optional<Finding> finding : workers.map(toLookAt, packages::look)) {
      finding.ifPresent(refusals::add);
    }
    List<Transfer> transfers = new ArrayList<>();
    for (StoredPackages.Result result : read(toRead)) {
      result.finding().ifPresent(refusals::add);
      result.verified().map(RollbackPlanner::inPlace).ifPresent(transfers::add);
    }
    if (!refusals.isEmpty()) {
      throw new RefusedException(refusals);
    }
    return transfers;
  }

  private List<StoredPackages.Result> read(List<DatabaseEntry> entries) throws IOException {
    long start = System.nanoTime();
    long bytes = entries.stream().mapToLong(DatabaseEntry::compressedSize).sum();
    events.on(new Event.Reading(entries.size(), bytes));
    List<StoredPackages.Result> results = workers.map(entries, packages::read);
    events.on(new Event.AllRead(entries.size(), bytes, System.nanoTime() - start));
    return results;
  }

  /** Whether the live database names the same package in the same place. */
  private static boolean isLive(DatabaseEntry entry, Database before) {
    return before.entry(entry.name()).filter(entry::equals).isPresent();
  }

  private static Transfer inPlace(StoredPackages.Verified verified) {
    return new Transfer(
        new StoreKey(verified.entry().fileName()),
        verified.blob(),
        verified.digests(),
        verified.signature(),
        true,
        true,
        Optional.empty(),
        Optional.empty());
  }

  private static RefusedException refused(
      String subject, String id, String reason, String... details) {
    return new RefusedException(Finding.of(id, subject, reason, details));
  }
}
