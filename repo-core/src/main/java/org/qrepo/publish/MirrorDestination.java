package org.qrepo.publish;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.database.DatabaseEntry;

/** Finds out what a mirror's destination holds: nothing, what an earlier run left, a repository. */
final class MirrorDestination {
  private final RepositorySpec spec;
  private final Store store;
  private final Verifier verifier;
  private final SeenGenerations seen;
  private final Path scratchParent;
  private final Names names;

  MirrorDestination(
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
    this.names = new Names(spec.name());
  }

  /**
   * What is live there. Where no database is, nothing may be there but what a mirror of the same
   * source left that did not come to its end.
   *
   * @param source the generation to come
   * @param folders the generations that the source holds
   * @throws RefusedException if it is neither vacant nor a repository that verifies
   */
  Remote read(Generation source, Set<String> folders, Scratch scratch) throws IOException {
    boolean begun =
        store.traits().lists()
            && store.stat(names.top(Part.DATABASE)).isEmpty()
            && !store.folders(Optional.of(Names.GENERATIONS)).isEmpty()
            && seen.highest(spec.name(), store.location()).isEmpty();
    if (!begun) {
      return new RemoteReader(spec, store, verifier, seen).read(files(source), scratch);
    }
    requireNoName();
    requireOwn(source, folders);
    return new Remote.Vacant();
  }

  private static Set<String> files(Generation generation) {
    Set<String> files = new HashSet<>();
    generation.database().entries().stream().map(DatabaseEntry::fileName).forEach(files::add);
    return files;
  }

  private void requireNoName() throws IOException {
    for (Names.Mutable name : names.mutable(spec.compression(), spec.aliases())) {
      if (store.stat(name.key()).isPresent()) {
        throw occupied(name.key().value(), "a name of a repository is there without its database");
      }
    }
  }

  private void requireOwn(Generation source, Set<String> folders) throws IOException {
    Set<String> known = files(source);
    for (StoreKey folder : store.folders(Optional.of(Names.GENERATIONS))) {
      if (!folders.contains(folder.name())) {
        throw occupied(folder.value(), "this generation is not one of the source");
      }
      known.addAll(filesOf(new GenerationId(folder.name())));
    }
    List<String> strangers =
        store.list(Optional.empty()).stream()
            .map(StoreKey::name)
            .filter(n -> n.contains(".pkg.tar"))
            .map(n -> n.endsWith(".sig") ? n.substring(0, n.length() - 4) : n)
            .filter(n -> !known.contains(n))
            .toList();
    if (!strangers.isEmpty()) {
      throw occupied(strangers.get(0), "a package is there that the source does not name");
    }
  }

  private Set<String> filesOf(GenerationId id) throws IOException {
    try (Scratch own = new Scratch(scratchParent)) {
      return new GenerationReader(spec.name(), verifier)
          .read(store, id, own)
          .map(MirrorDestination::files)
          .orElse(Set.of());
    }
  }

  private RefusedException occupied(String subject, String why) {
    return new RefusedException(
        Finding.of(
            "mirror-destination-occupied",
            subject,
            why,
            "Mirror into " + store.location() + " only what belongs there: an empty directory,",
            "or a mirror of the same repository."));
  }
}
