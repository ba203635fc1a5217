package org.qrepo.publish;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.io.Sha256;

/**
 * Looks at every signature that the live generation relies upon, and plans to replace those by keys
 * that are to go. Reads no package and writes nothing.
 */
final class ResigningPlanner implements Drafter {
  private static final Set<Part> SIGNATURES = Set.of(Part.DATABASE_SIGNATURE, Part.FILES_SIGNATURE);
  private static final String REMEDY = "Publish the package anew, or remove it.";

  private final RepositorySpec spec;
  private final Store store;
  private final RemoteReader reader;
  private final StoredPackages packages;
  private final Workers workers;
  private final Dependence dependence;
  private final Resigning resigning;

  ResigningPlanner(
      RepositorySpec spec,
      Store store,
      Verifier verifier,
      SeenGenerations seen,
      Events events,
      Workers workers,
      Resigning resigning) {
    this.spec = spec;
    this.store = store;
    this.reader = new RemoteReader(spec, store, verifier, seen);
    this.packages = new StoredPackages(store, verifier, events, REMEDY);
    this.workers = workers;
    this.dependence = new Dependence(store, verifier, resigning.leaving());
    this.resigning = resigning;
  }

  @Override
  public Draft draft(Scratch scratch) throws IOException {
    if (!(reader.read(Set.of(), scratch) instanceof Remote.Live live)) {
      throw new RefusedException(
          Finding.of(
              "nothing-published", spec.name().value(), "nothing is published at this place"));
    }
    Generation now = live.generation();
    List<DatabaseEntry> entries = List.copyOf(now.database().entries());
    List<Look> looks = workers.map(entries, this::look);
    List<Finding> refusals = looks.stream().flatMap(l -> l.refusal().stream()).toList();
    if (!refusals.isEmpty()) {
      throw new RefusedException(refusals);
    }
    List<Renewal> renewals = looks.stream().flatMap(l -> l.renewal().stream()).toList();
    boolean commits = !renewals.isEmpty() || dependsItself(now);
    Plan plan =
        new Plan(
            spec.name(),
            store.location(),
            resigning,
            Planner.base(live),
            List.of(),
            entries.size() - renewals.size(),
            steps(live, entries.size(), renewals, commits),
            List.of());
    return new Draft(plan, live, List.of(), Kept.of(entries, live), List.of(), renewals);
  }

  /** What becomes of one package: nothing, a new signature, or why there can be none. */
  private record Look(Optional<Renewal> renewal, Optional<Finding> refusal) {
    static final Look FINE = new Look(Optional.empty(), Optional.empty());

    static Look refused(Finding finding) {
      return new Look(Optional.empty(), Optional.of(finding));
    }
  }

  private Look look(DatabaseEntry entry) throws IOException {
    StoreKey file = new StoreKey(entry.fileName());
    StoreKey signature = Names.signature(file);
    // Before its bytes are read, so that what replaces it meanwhile is noticed.
    Optional<Tag> tag = store.stat(signature).map(StoredObject::tag);
    boolean beside = dependence.on(GenerationReader.signature(store, signature));
    if (!beside && !recorded(entry).map(s -> dependence.on(Optional.of(s))).orElse(false)) {
      return Look.FINE;
    }
    Optional<Finding> damage = packages.lookAtPackage(entry);
    if (damage.isPresent()) {
      return Look.refused(damage.get());
    }
    Optional<Sha256> digest = entry.sha256();
    Optional<StoredObject> there = store.stat(file);
    if (digest.isEmpty() || there.isEmpty()) {
      return Look.refused(
          Finding.of(
              "entry-without-checksum",
              entry.fileName(),
              "its entry has no SHA-256: nothing says that it is the file that was published",
              REMEDY));
    }
    return new Look(
        Optional.of(new Renewal(entry, file, there.get().size(), digest.get(), tag)),
        Optional.empty());
  }

  /** The signature that the entry repeats: clients take it before the one beside the package. */
  private static Optional<byte[]> recorded(DatabaseEntry entry) {
    return entry.values("PGPSIG").stream().findFirst().map(ResigningPlanner::decoded);
  }

  private static byte[] decoded(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private boolean dependsItself(Generation live) throws IOException {
    Names names = new Names(spec.name());
    for (Part part : SIGNATURES) {
      if (dependence.on(GenerationReader.signature(store, names.in(live.id(), part)))
          || dependence.on(GenerationReader.signature(store, names.top(part)))) {
        return true;
      }
    }
    return resigning.leaving().contains(live.signer());
  }

  private List<Step> steps(Remote.Live live, int entries, List<Renewal> renewals, boolean commits) {
    List<Step> steps = new ArrayList<>();
    if (!live.isSettled()) {
      steps.add(new Step.FinishCommit(live.generation().id()));
    }
    long sequence = live.generation().sequence() + 1;
    renewals.forEach(r -> steps.add(new Step.SignPackage(r.file(), r.digest())));
    if (commits) {
      steps.add(new Step.WriteGeneration(sequence, entries));
    }
    renewals.forEach(r -> steps.add(new Step.ReusePackage(r.file(), r.size(), r.digest())));
    renewals.forEach(r -> steps.add(new Step.UploadSignature(Names.signature(r.file()))));
    if (commits) {
      steps.add(new Step.Commit(spec.layout(), sequence));
    }
    return steps;
  }
}
