package org.qrepo.publish;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.qrepo.alpm.PackageName;
import org.qrepo.database.Database;
import org.qrepo.database.DatabaseEntry;

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
   * @throws org.qrepo.RefusedException if what is there does not verify
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
   */
  public List<Entry> chain(int limit) throws IOException {
    GenerationReader reader = new GenerationReader(spec.name(), verifier);
    List<Entry> chain = new ArrayList<>();
    try (Scratch scratch = new Scratch(scratchParent)) {
      Optional<Generation> next = live(scratch);
      while (next.isPresent() && chain.size() < limit) {
        Generation generation = next.get();
        Optional<Generation> parent =
            generation.lineage().parent().isPresent()
                ? reader.read(store, GenerationId.of(generation.lineage().parent().get()), scratch)
                : Optional.empty();
        boolean first = generation.lineage().parent().isEmpty();
        Database before = parent.map(Generation::database).orElse(Database.empty());
        chain.add(
            new Entry(
                generation,
                first || parent.isPresent() ? changes(before, generation.database()) : List.of()));
        next = parent;
      }
    }
    return chain;
  }

  private static List<PackageChange> changes(Database before, Database after) {
    Set<PackageName> all = new TreeSet<>();
    before.entries().forEach(e -> all.add(e.name()));
    after.entries().forEach(e -> all.add(e.name()));
    List<PackageChange> changes = new ArrayList<>();
    for (PackageName name : all) {
      Optional<DatabaseEntry> old = before.entry(name);
      Optional<DatabaseEntry> now = after.entry(name);
      if (!old.equals(now)) {
        changes.add(
            new PackageChange(
                name, old.map(DatabaseEntry::version), now.map(DatabaseEntry::version)));
      }
    }
    return changes;
  }
}
