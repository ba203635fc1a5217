package org.qrepo.publish;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.qrepo.io.Compression;

/** The names that a repository uses in its store. */
final class Names {
  static final StoreKey CURRENT = new StoreKey("current");
  static final StoreKey GENERATIONS = new StoreKey("generations");
  static final String NOTE = "generation.json";

  /** Holds what clients see of a repository without lineage while it is taken over. */
  static final StoreKey ADOPTING = new StoreKey("adopting");

  private final RepositoryName repository;

  Names(RepositoryName repository) {
    this.repository = repository;
  }

  /** A name that clients fetch and that changes with each generation. */
  record Mutable(StoreKey key, Part part) {}

  /**
   * The mutable names in the order of their commit: the database and its signature back to back.
   */
  List<Mutable> mutable(Compression compression, boolean aliases) {
    List<Mutable> names = new ArrayList<>();
    for (Part part : Part.values()) {
      names.add(new Mutable(top(part), part));
    }
    if (aliases) {
      String suffix = ".tar" + compression.suffix();
      for (Part part : Part.values()) {
        names.add(new Mutable(new StoreKey(part.repoAddName(repository, suffix)), part));
      }
    }
    return List.copyOf(names);
  }

  /**
   * Names that the databases have under other settings, one list for each compression. Within a
   * list the database comes last: as long as it is there, the list has not been removed.
   */
  List<List<StoreKey>> others(Compression compression, boolean aliases) {
    return Arrays.stream(Compression.values())
        .filter(c -> !aliases || c != compression)
        .map(this::aliases)
        .toList();
  }

  private List<StoreKey> aliases(Compression compression) {
    String suffix = ".tar" + compression.suffix();
    List<StoreKey> names = new ArrayList<>();
    for (Part part : Part.values()) {
      names.add(0, new StoreKey(part.repoAddName(repository, suffix)));
    }
    return names;
  }

  /** Where clients fetch a part. */
  StoreKey top(Part part) {
    return new StoreKey(part.fileName(repository));
  }

  static StoreKey generation(GenerationId id) {
    return GENERATIONS.child(id.value());
  }

  StoreKey in(GenerationId id, Part part) {
    return generation(id).child(part.fileName(repository));
  }

  static StoreKey note(GenerationId id) {
    return generation(id).child(NOTE);
  }

  /** What a mutable name links to in the pointer layout. */
  String throughCurrent(Part part) {
    return CURRENT + "/" + part.fileName(repository);
  }

  /** A part of a repository that is taken over, in its folder below {@link #ADOPTING}. */
  StoreKey in(StoreKey folder, Part part) {
    return folder.child(part.fileName(repository));
  }

  /** The signature beside a package. */
  static StoreKey signature(StoreKey packageFile) {
    return new StoreKey(packageFile + ".sig");
  }

  /** The lock files of repo-add for this repository: it locks a database by its full name. */
  List<StoreKey> repoAddLocks(Collection<Compression> databases) {
    return databases.stream()
        .sorted()
        .map(c -> new StoreKey(repository + ".db.tar" + c.suffix() + ".lck"))
        .toList();
  }
}
