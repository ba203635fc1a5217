package org.qrepo.publish;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.qrepo.RefusedException;
import org.qrepo.alpm.PackageName;
import org.qrepo.database.Database;
import org.qrepo.database.DatabaseDiff;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.io.Sha256;

/** Reads a repository and the chain of generations behind it; writes nothing and needs no key. */
public final class History {
  private final RepositorySpec spec;
  private final Store store;
  private final Verifier verifier;
  private final SeenGenerations seen;
  private final Path scratchParent;

  public History(
      RepositorySpec spec,
      Store store,
      Verifier verifier,
      SeenGenerations seen,
      Path scratchParent) {
    this.spec = spec;
    this.store = store;
    this.verifier = verifier;
    this.seen = seen;
    this.scratchParent = scratchParent;
  }

  /**
   * One generation and what it changed against the one before.
   *
   * @param changes empty in the oldest generation that is still there, if it has a parent
   */
  public record Entry(Generation generation, List<PackageChange> changes) {
    public Entry {
      changes = List.copyOf(changes);
    }
  }

  /**
   * The live generation; empty if nothing is published.
   *
   * @throws RefusedException if what is there does not verify
   */
  public Optional<Generation> live() throws IOException {
    try (Scratch scratch = new Scratch(scratchParent)) {
      return live(scratch);
    }
  }

  private Optional<Generation> live(Scratch scratch) throws IOException {
    Remote remote = new RemoteReader(spec, store, verifier, seen).read(Set.of(), scratch);
    return remote instanceof Remote.Live live ? Optional.of(live.generation()) : Optional.empty();
  }

  /**
   * The chain from the live generation back, as far as the store keeps it and {@code limit} allows.
   * All of it is held in memory.
   */
  public List<Entry> chain(int limit) throws IOException {
    List<Entry> chain = new ArrayList<>();
    Optional<Generation> next = live();
    while (next.isPresent() && chain.size() < limit) {
      Optional<Generation> parent = parent(next.get());
      chain.add(new Entry(next.get(), changes(next.get(), parent)));
      next = parent;
    }
    return chain;
  }

  Optional<Generation> parent(Generation generation) throws IOException {
    Optional<Sha256> digest = generation.lineage().parent();
    if (digest.isEmpty()) {
      return Optional.empty();
    }
    try (Scratch scratch = new Scratch(scratchParent)) {
      return new GenerationReader(spec.name(), verifier).read(store, digest.get(), scratch);
    }
  }

  private static List<PackageChange> changes(Generation generation, Optional<Generation> parent) {
    if (parent.isEmpty() && generation.lineage().parent().isPresent()) {
      return List.of();
    }
    return changes(
        parent.map(Generation::database).orElse(Database.empty()), generation.database());
  }

  static List<PackageChange> changes(Database before, Database after) {
    DatabaseDiff diff = DatabaseDiff.between(before, after);
    return Stream.of(
            diff.added().stream().map(e -> change(e.name(), Optional.empty(), Optional.of(e))),
            diff.removed().stream().map(e -> change(e.name(), Optional.of(e), Optional.empty())),
            diff.changed().stream()
                .map(
                    c -> change(c.after().name(), Optional.of(c.before()), Optional.of(c.after()))))
        .flatMap(changes -> changes)
        .sorted(Comparator.comparing(PackageChange::name))
        .toList();
  }

  private static PackageChange change(
      PackageName name, Optional<DatabaseEntry> before, Optional<DatabaseEntry> after) {
    return new PackageChange(
        name, before.map(DatabaseEntry::version), after.map(DatabaseEntry::version));
  }
}
