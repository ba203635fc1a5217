package org.qrepo.publish;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.database.DatabaseEntry;

/**
 * Reads everything that a database without lineage names, and plans its first generation; writes
 * nothing.
 */
final class AdoptionPlanner implements Drafter {
  private final RepositorySpec spec;
  private final Store store;
  private final Verifier verifier;
  private final RemoteReader reader;
  private final ForeignReader foreign;
  private final Events events;
  private final Workers workers;
  private final Adoption adoption;
  private final Set<Finding> said = new HashSet<>();

  AdoptionPlanner(
      RepositorySpec spec,
      Store store,
      Verifier verifier,
      SeenGenerations seen,
      Events events,
      Workers workers,
      Adoption adoption) {
    this.spec = spec;
    this.store = store;
    this.verifier = verifier;
    this.reader = new RemoteReader(spec, store, verifier, seen);
    this.foreign = new ForeignReader(spec, store, verifier, seen);
    this.events = events;
    this.workers = workers;
    this.adoption = adoption;
  }

  @Override
  public Draft draft(Scratch scratch) throws IOException {
    Optional<Remote.Foreign> found = foreign.read(adoption.options().anew(), scratch);
    return found.isPresent() ? takeOver(found.get(), scratch) : nothingToDo(scratch);
  }

  /** Beside what every publisher finishes there may be copies that an adoption left that died. */
  private Draft nothingToDo(Scratch scratch) throws IOException {
    if (!(reader.read(Set.of(), scratch) instanceof Remote.Live found)) {
      throw new ConflictException(
          "another publisher changed " + store.location() + " meanwhile. Run it again.");
    }
    List<StoreKey> obsolete = new ArrayList<>(found.obsolete());
    obsolete.addAll(foreign.leftovers());
    Remote.Live live =
        new Remote.Live(
            found.generation(), found.tags(), found.unsettled(), obsolete, found.pointer());
    int entries = live.generation().database().size();
    Plan plan =
        new Plan(
            spec.name(),
            store.location(),
            adoption,
            Planner.base(live),
            List.of(),
            entries,
            TransferSteps.of(spec, live, false, entries, List.of(), ""),
            List.of());
    return new Draft(plan, live, List.of(), Kept.of(List.of(), live), List.of());
  }

  private Draft takeOver(Remote.Foreign remote, Scratch scratch) throws IOException {
    List<Finding> refusals = new ArrayList<>();
    List<Finding> told = new ArrayList<>();
    judgeDatabases(remote, refusals, told);
    try (SpooledLists.Writer lists = new SpooledLists.Writer(scratch)) {
      List<AdoptedEntry.Result> results = read(remote.database().entries(), lists);
      results.forEach(r -> told.addAll(r.told()));
      results.forEach(r -> refusals.addAll(r.refusals()));
      told.addAll(new Orphans(spec.name(), store).find(remote.database()));
      told.stream().filter(said::add).forEach(f -> events.on(new Event.Warning(f)));
      if (!refusals.isEmpty()) {
        throw new RefusedException(refusals);
      }
      List<Item> items = results.stream().flatMap(r -> r.item().stream()).toList();
      Kept kept = new Kept(List.of(), Optional.empty(), lists.lists());
      return new Draft(plan(results, items, told), remote, items, kept, List.of());
    }
  }

  private void judgeDatabases(Remote.Foreign remote, List<Finding> refusals, List<Finding> told)
      throws IOException {
    String subject = remote.source().value();
    Optional<byte[]> signature = foreign.databaseSignature(remote);
    if (signature.isEmpty()) {
      told.add(
          Finding.of(
              "database-unsigned",
              subject,
              "the database has no signature",
              "Anybody who could write there could have changed it: you vouch for what it names."));
    } else {
      judge(subject, remote, signature.get(), refusals, told);
    }
    if (!remote.parts().containsKey(Part.FILES)) {
      told.add(
          Finding.of(
              "files-database-missing",
              Part.FILES.fileName(spec.name()),
              "there are no file lists",
              "They are made from the packages."));
    }
  }

  private void judge(
      String subject,
      Remote.Foreign remote,
      byte[] signature,
      List<Finding> refusals,
      List<Finding> told)
      throws IOException {
    Scratch.Spooled database = remote.parts().get(Part.DATABASE);
    if (database == null) {
      throw new IllegalStateException("no database");
    }
    Verifier.Verdict verdict =
        new GenerationReader(spec.name(), verifier).check(subject, database, signature);
    if (!(verdict instanceof Verifier.Verdict.Bad bad)) {
      return;
    }
    if (Inspector.FOREIGN.contains(bad.finding().id()) && !adoption.options().resign()) {
      refusals.add(
          bad.finding()
              .and(
                  "It may be the repository of somebody else.",
                  "If you trust the key, name it: signing.trusted, or --trust.",
                  "To sign everything here with your own key instead: --resign."));
    } else {
      told.add(
          bad.finding()
              .and(
                  "It says nothing about what lies there: you vouch for what the database names."));
    }
  }

  private List<AdoptedEntry.Result> read(List<DatabaseEntry> entries, SpooledLists.Writer lists)
      throws IOException {
    AdoptedEntry.Surroundings in =
        new AdoptedEntry.Surroundings(spec, store, verifier, events, adoption.options(), lists);
    long start = System.nanoTime();
    long bytes = entries.stream().mapToLong(DatabaseEntry::compressedSize).sum();
    events.on(new Event.Reading(entries.size(), bytes));
    List<AdoptedEntry.Result> results =
        workers.map(entries, entry -> new AdoptedEntry(in, entry).read());
    events.on(new Event.AllRead(entries.size(), bytes, System.nanoTime() - start));
    return results;
  }

  private Plan plan(List<AdoptedEntry.Result> results, List<Item> items, List<Finding> told) {
    List<PackageChange> changes =
        results.stream()
            .filter(r -> r.taken() || r.item().isEmpty())
            .map(
                r ->
                    new PackageChange(
                        r.entry().name(),
                        Optional.of(r.entry().version()),
                        r.item().map(i -> i.read().info().version())))
            .toList();
    List<Step> steps = new ArrayList<>();
    for (Item item : items) {
      if (item.signature().isEmpty()) {
        steps.add(new Step.SignPackage(item.file(), item.read().digests().sha256()));
      }
    }
    steps.add(new Step.WriteGeneration(1, items.size()));
    items.forEach(item -> steps.add(Planner.packageStep(item)));
    items.forEach(item -> steps.add(Planner.signatureStep(item)));
    steps.add(new Step.Commit(spec.layout(), 1));
    return new Plan(
        spec.name(),
        store.location(),
        adoption,
        Optional.empty(),
        changes,
        results.size() - changes.size(),
        steps,
        told.stream().distinct().collect(Collectors.toList()));
  }
}
