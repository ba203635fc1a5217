package org.qrepo.publish;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.alpm.PackageFileName;

/** A pacman repository as a prune sees it. */
final class PackageGround implements PruneGround {
  private final RepositorySpec spec;
  private final Store store;
  private final Verifier verifier;
  private final SeenGenerations seen;
  private final Path scratchParent;
  private final GenerationShelf shelf;

  PackageGround(
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
    this.shelf = new GenerationShelf(spec.name(), store, verifier, scratchParent);
  }

  @Override
  public StoreKey generations() {
    return Names.GENERATIONS;
  }

  @Override
  public Optional<GenerationId> published() throws IOException {
    return look().map(live -> live.generation().id());
  }

  @Override
  public Optional<GenerationId> settled() throws IOException {
    Optional<Remote.Live> live = look();
    if (live.isPresent() && !live.get().unsettled().isEmpty()) {
      throw unfinished(live.get().unsettled().get(0).key(), live.get().generation().id());
    }
    return live.map(l -> l.generation().id());
  }

  static RefusedException unfinished(StoreKey key, GenerationId id) {
    return new RefusedException(
        Finding.of(
            "commit-unfinished",
            key.value(),
            "a commit of generation " + id + " has begun and not ended",
            "Nothing is deleted in such a state. If no publisher is at work, qrepo repair ends it."));
  }

  private Optional<Remote.Live> look() throws IOException {
    try (Scratch scratch = new Scratch(scratchParent)) {
      Remote remote = new RemoteReader(spec, store, verifier, seen).read(Set.of(), scratch);
      return remote instanceof Remote.Live live ? Optional.of(live) : Optional.empty();
    }
  }

  @Override
  public RepositoryLock lock(Duration patience) {
    return new RepositoryLock(spec, store, patience);
  }

  @Override
  public GenerationShelf.Contents shelf() throws IOException {
    return shelf.read();
  }

  @Override
  public Set<GenerationId> folders() throws IOException {
    return shelf.folders();
  }

  @Override
  public Set<String> present() throws IOException {
    Set<String> present = new HashSet<>();
    for (StoreKey key : store.list(Optional.empty())) {
      String name = key.name();
      present.add(name.endsWith(".sig") ? name.substring(0, name.length() - 4) : name);
    }
    return present;
  }

  /** Packages with their signatures first, then the folders that name them. */
  @Override
  public List<StoreKey> objects(PruneAnnouncement some) {
    return Stream.concat(
            some.packages().stream()
                .map(StoreKey::new)
                .flatMap(key -> Stream.of(key, Names.signature(key))),
            some.folders().stream().map(GenerationId::new).flatMap(id -> shelf.files(id).stream()))
        .toList();
  }

  @Override
  public void requireName(String file) {
    new PackageFileName(file);
  }
}
