package org.qrepo.publish;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.qrepo.Finding;
import org.qrepo.RefusedException;

/** A repository of templates as a prune sees it. */
final class TemplateGround implements PruneGround {
  private static final Pattern DOCUMENT =
      Pattern.compile("repodata/[0-9a-f]{64}-(primary|filelists|other)\\.xml\\.gz");
  private static final Pattern PACKAGE = Pattern.compile("rpm/[A-Za-z0-9._+~^-]{1,250}\\.rpm");

  private final TemplateRepository repository;
  private final Store store;
  private final TemplateReader reader;

  TemplateGround(TemplateRepository repository, Store store, TemplateReader reader) {
    this.repository = repository;
    this.store = store;
    this.reader = reader;
  }

  @Override
  public StoreKey generations() {
    return TemplateNames.GENERATIONS;
  }

  @Override
  public Optional<GenerationId> published() throws IOException {
    return reader.read() instanceof TemplateState.Live live
        ? Optional.of(live.generation().id())
        : Optional.empty();
  }

  @Override
  public Optional<GenerationId> settled() throws IOException {
    if (!(reader.read() instanceof TemplateState.Live live)) {
      return Optional.empty();
    }
    if (!live.isSettled(repository.layout())) {
      throw PackageGround.unfinished(TemplateNames.INDEX, live.generation().id());
    }
    return Optional.of(live.generation().id());
  }

  @Override
  public RepositoryLock lock(Duration patience) {
    return TemplatePublisher.lock(store, patience);
  }

  @Override
  public GenerationShelf.Contents shelf() throws IOException {
    List<GenerationShelf.Shelved> whole = new ArrayList<>();
    List<GenerationShelf.Incomplete> incomplete = new ArrayList<>();
    Set<GenerationId> folders = folders();
    for (GenerationId id : folders) {
      Optional<StoredObject> index = store.stat(index(id));
      Optional<StoredObject> signature = store.stat(signature(id));
      if (index.isEmpty() || signature.isEmpty()) {
        Stream.of(index, signature)
            .flatMap(Optional::stream)
            .map(StoredObject::lastModified)
            .max(Comparator.naturalOrder())
            .map(written -> new GenerationShelf.Incomplete(id, written, index.isPresent()))
            .ifPresent(incomplete::add);
      } else {
        whole.add(shelved(id, index.get().lastModified()));
      }
    }
    return new GenerationShelf.Contents(whole, incomplete, folders);
  }

  private GenerationShelf.Shelved shelved(GenerationId id, Instant written) throws IOException {
    TemplateGeneration generation =
        reader
            .generation(id)
            .orElseThrow(
                () ->
                    new RefusedException(
                        Finding.of(
                            "generation-altered",
                            index(id).value(),
                            "its signature is not one of an allowed key",
                            "It may name packages that clients need: nothing is deleted.")));
    return new GenerationShelf.Shelved(
        generation.digest(),
        generation.lineage(),
        written,
        TemplateWriter.named(generation.repomd(), generation.packages()));
  }

  private static StoreKey index(GenerationId id) {
    return TemplateNames.index(TemplateNames.generation(id));
  }

  private static StoreKey signature(GenerationId id) {
    return TemplateNames.signature(TemplateNames.generation(id));
  }

  @Override
  public Set<GenerationId> folders() throws IOException {
    return new LinkedHashSet<>(reader.folders());
  }

  @Override
  public Set<String> present() throws IOException {
    Set<String> present = new HashSet<>();
    for (StoreKey folder : List.of(TemplateNames.PACKAGES, TemplateNames.METADATA)) {
      store.list(Optional.of(folder)).forEach(key -> present.add(key.value()));
    }
    return present;
  }

  /**
   * Packages first; then the folders; the documents last, for without them nobody could tell what a
   * generation named.
   */
  @Override
  public List<StoreKey> objects(PruneAnnouncement some) {
    return Stream.of(
            some.packages().stream().filter(PACKAGE.asMatchPredicate()).map(StoreKey::new),
            some.folders().stream()
                .map(GenerationId::new)
                .flatMap(id -> TemplateNames.files(id).stream()),
            some.packages().stream().filter(DOCUMENT.asMatchPredicate()).map(StoreKey::new))
        .flatMap(keys -> keys)
        .toList();
  }

  @Override
  public void requireName(String file) {
    if (!PACKAGE.matcher(file).matches() && !DOCUMENT.matcher(file).matches()) {
      throw new IllegalArgumentException("'" + file + "' is not a name of this repository");
    }
  }
}
