package org.qrepo.publish;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.alpm.PackageName;
import org.qrepo.database.Database;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.database.FileLists;

/**
 * Compares what is to be promoted with what is published, and verifies every package that is to be
 * transferred in the source; writes nothing.
 */
final class PromotionPlanner implements Drafter {
  private final RepositorySpec spec;
  private final Store store;
  private final Verifier verifier;
  private final RemoteReader reader;
  private final RemoteReader sourceReader;
  private final History sourceHistory;
  private final StoredPackages packages;
  private final Events events;
  private final Workers workers;
  private final Instant now;
  private final Promotion promotion;
  private final Map<DatabaseEntry, StoredPackages.Verified> verified = new ConcurrentHashMap<>();

  PromotionPlanner(
      RepositorySpec spec,
      Store store,
      Verifier verifier,
      SeenGenerations seen,
      Events events,
      Workers workers,
      Path scratch,
      Instant now,
      Promotion promotion) {
    Promotion.Source source = promotion.source();
    this.spec = spec;
    this.store = store;
    this.verifier = verifier;
    this.reader = new RemoteReader(spec, store, verifier, seen);
    this.sourceReader = new RemoteReader(source.spec(), source.store(), verifier, source.seen());
    this.sourceHistory =
        new History(source.spec(), source.store(), verifier, source.seen(), scratch);
    this.packages =
        new StoredPackages(source.store(), verifier, events, "Publish it there again first.");
    this.events = events;
    this.workers = workers;
    this.now = now;
    this.promotion = promotion;
  }

  @Override
  public Draft draft(Scratch scratch) throws IOException {
    Generation source = source(scratch);
    List<Finding> refusals = new ArrayList<>();
    List<DatabaseEntry> chosen = chosen(source, refusals);
    Set<String> incoming = chosen.stream().map(DatabaseEntry::fileName).collect(Collectors.toSet());
    Remote remote = reader.read(incoming, scratch);
    Database before = Planner.database(remote);
    List<DatabaseEntry> entering = entering(source, chosen, before, refusals);
    List<Transfer> transfers = transfers(chosen, before, refusals);
    if (!refusals.isEmpty()) {
      throw new RefusedException(refusals);
    }
    Database after = before.with(entering);
    List<PackageChange> changes = History.changes(before, after);
    boolean commits = !changes.isEmpty() || remote instanceof Remote.Vacant;
    String from = promotion.source().store().location();
    List<Step> steps = TransferSteps.of(spec, remote, commits, after.size(), transfers, from);
    Plan plan =
        new Plan(
            spec.name(),
            store.location(),
            promotion,
            Planner.base(remote),
            changes,
            chosen.size() - entering.size(),
            steps,
            List.of());
    return new Draft(
        plan, remote, List.of(), kept(source, before, after, entering, remote, scratch), transfers);
  }

  private Generation source(Scratch scratch) throws IOException {
    if (sourceReader.read(Set.of(), scratch) instanceof Remote.Live live) {
      return live.generation();
    }
    throw new RefusedException(
        Finding.of(
            "nothing-published",
            promotion.source().spec().name().value(),
            "nothing is published at " + promotion.source().store().location()));
  }

  private List<DatabaseEntry> chosen(Generation source, List<Finding> refusals) {
    if (promotion.names().isEmpty()) {
      return source.database().entries();
    }
    List<DatabaseEntry> chosen = new ArrayList<>();
    for (PackageName name : promotion.names().get().stream().sorted().toList()) {
      Optional<DatabaseEntry> entry = source.database().entry(name);
      entry.ifPresent(chosen::add);
      if (entry.isEmpty()) {
        refusals.add(
            Finding.of(
                "package-not-in-source",
                name.value(),
                "the source has no package of this name",
                "Looked at " + promotion.source().store().location() + "."));
      }
    }
    return chosen;
  }

  private List<DatabaseEntry> entering(
      Generation source, List<DatabaseEntry> chosen, Database before, List<Finding> refusals)
      throws IOException {
    List<DatabaseEntry> entering =
        chosen.stream().filter(e -> published(e, before).isEmpty()).toList();
    for (DatabaseEntry entry : entering) {
      refusal(entry, before).ifPresent(refusals::add);
    }
    refusals.addAll(new Ages(sourceHistory, now).younger(source, entering, promotion.minAge()));
    return entering;
  }

  /** The entry of the same version with the same bytes. */
  private static Optional<DatabaseEntry> published(DatabaseEntry entry, Database before) {
    return before
        .entry(entry.name())
        .filter(e -> e.version().equals(entry.version()))
        .filter(e -> e.sha256().isPresent() && e.sha256().equals(entry.sha256()));
  }

  private Optional<Finding> refusal(DatabaseEntry entry, Database before) {
    Optional<String> other = otherArchitecture(entry);
    if (other.isPresent()) {
      return Optional.of(
          Finding.of(
              "package-architecture",
              entry.fileName(),
              "built for " + other.get() + ", the repository is for another architecture",
              "pacman would say: package architecture is not valid"));
    }
    Optional<DatabaseEntry> old = before.entry(entry.name());
    int order = old.map(o -> entry.version().compareTo(o.version())).orElse(1);
    if (order < 0 && !promotion.allowDowngrade()) {
      return Optional.of(
          Finding.of(
              "package-downgrade",
              entry.fileName(),
              "the published version is higher",
              "published  " + old.map(o -> o.version().value()).orElse(""),
              "source     " + entry.version(),
              "Clients keep the higher version. If you mean it: --allow-downgrade,",
              "and your users run pacman -Syuu."));
    }
    if (order == 0) {
      return Optional.of(
          Finding.of(
              "package-other-bytes",
              entry.fileName(),
              "the published package of this version has other bytes",
              "published  " + digest(old),
              "source     " + digest(Optional.of(entry)),
              "Clients that hold the published file would refuse the other one:",
              "\"invalid or corrupted package (checksum)\".",
              "Raise pkgrel and build again."));
    }
    return Optional.empty();
  }

  private Optional<String> otherArchitecture(DatabaseEntry entry) {
    return spec.architecture().isEmpty()
        ? Optional.empty()
        : entry.values("ARCH").stream()
            .filter(a -> !a.equals("any") && !a.equals(spec.architecture().get().value()))
            .findFirst();
  }

  private static String digest(Optional<DatabaseEntry> entry) {
    return entry.flatMap(DatabaseEntry::sha256).map(Object::toString).orElse("(no SHA-256)");
  }

  private record Placed(Optional<Transfer> transfer, Optional<Finding> finding) {
    static Placed none() {
      return new Placed(Optional.empty(), Optional.empty());
    }

    static Placed refused(Finding finding) {
      return new Placed(Optional.empty(), Optional.of(finding));
    }
  }

  private List<Transfer> transfers(
      List<DatabaseEntry> chosen, Database before, List<Finding> refusals) throws IOException {
    if (!refusals.isEmpty()) {
      return List.of();
    }
    long start = System.nanoTime();
    List<DatabaseEntry> open = new ArrayList<>();
    for (DatabaseEntry entry : chosen) {
      if (!isComplete(entry, before)) {
        open.add(entry);
      }
    }
    long bytes = open.stream().mapToLong(DatabaseEntry::compressedSize).sum();
    events.on(new Event.Reading(open.size(), bytes));
    Set<String> known =
        before.entries().stream().map(DatabaseEntry::fileName).collect(Collectors.toSet());
    List<Placed> placed = workers.map(open, entry -> place(entry, before, known));
    events.on(new Event.AllRead(open.size(), bytes, System.nanoTime() - start));
    placed.forEach(p -> p.finding().ifPresent(refusals::add));
    return placed.stream().flatMap(p -> p.transfer().stream()).toList();
  }

  /** Whether the package is published and, as far as can be seen, all there. */
  private boolean isComplete(DatabaseEntry entry, Database before) throws IOException {
    Optional<DatabaseEntry> published = published(entry, before);
    if (published.isEmpty()) {
      return false;
    }
    StoreKey key = new StoreKey(published.get().fileName());
    return store.stat(key).isPresent() && store.stat(Names.signature(key)).isPresent();
  }

  private Placed place(DatabaseEntry entry, Database before, Set<String> known) throws IOException {
    StoredPackages.Verified read = verified.get(entry);
    if (read == null) {
      StoredPackages.Result result = packages.read(entry);
      if (result.verified().isEmpty()) {
        return result.finding().map(Placed::refused).orElseGet(Placed::none);
      }
      read = result.verified().get();
      verified.put(entry, read);
    }
    Optional<DatabaseEntry> published = published(entry, before);
    StoreKey key = new StoreKey(published.orElse(entry).fileName());
    Optional<StoredObject> there = store.stat(key);
    boolean holds =
        there.isPresent()
            && BoundedStream.holds(store, key, read.blob().size(), read.blob().sha256());
    boolean claimed = published.isEmpty() && known.contains(key.value());
    // A prune may have taken it between the two looks.
    return claimed || (there.isPresent() && !holds && store.stat(key).isPresent())
        ? Placed.refused(taken(key, read))
        : new Placed(Optional.of(transfer(key, read, holds)), Optional.empty());
  }

  private static Finding taken(StoreKey key, StoredPackages.Verified read) {
    return Finding.of(
        "package-name-taken",
        key.value(),
        "a file of this name with other bytes is in the store already",
        "source  " + read.blob().size() + " bytes, " + read.blob().sha256(),
        "Clients and caches may hold the other one. Raise pkgrel and build again.");
  }

  private Transfer transfer(StoreKey key, StoredPackages.Verified read, boolean stored)
      throws IOException {
    StoreKey signatureKey = Names.signature(key);
    Optional<StoredObject> there = store.stat(signatureKey);
    Optional<byte[]> bytes =
        there.isPresent() ? GenerationReader.signature(store, signatureKey) : Optional.empty();
    boolean good =
        bytes.isPresent()
            && PackageSignatures.isGood(
                verifier, key.value(), read.digests(), read.blob(), bytes.get());
    return new Transfer(
        key,
        read.blob(),
        read.digests(),
        read.signature(),
        stored,
        good,
        good || bytes.isEmpty() ? Optional.empty() : there.map(StoredObject::tag),
        Optional.empty());
  }

  private Kept kept(
      Generation source,
      Database before,
      Database after,
      List<DatabaseEntry> entering,
      Remote remote,
      Scratch scratch)
      throws IOException {
    if (after.equals(before)) {
      return Kept.of(after.entries(), remote);
    }
    Promotion.Source from = promotion.source();
    FileLists lists =
        SpooledLists.copy(
            new GenerationReader(from.spec().name(), verifier).files(from.store(), source, scratch),
            Part.FILES.fileName(from.spec().name()),
            entering,
            scratch);
    return new Kept(after.entries(), Kept.of(List.of(), remote).base(), lists);
  }
}
