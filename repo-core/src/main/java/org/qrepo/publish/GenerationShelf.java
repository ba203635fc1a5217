package org.qrepo.publish;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.database.Lineage;
import org.qrepo.io.Sha256;

/**
 * Reads every generation that a store holds and verifies each. What cannot be read or verified is
 * never passed over: it may name packages that clients need.
 */
final class GenerationShelf {
  private final RepositoryName repository;
  private final Store store;
  private final Verifier verifier;
  private final Names names;
  private final Path scratchParent;

  GenerationShelf(RepositoryName repository, Store store, Verifier verifier, Path scratchParent) {
    this.repository = repository;
    this.store = store;
    this.verifier = verifier;
    this.names = new Names(repository);
    this.scratchParent = scratchParent;
  }

  /**
   * Everything below {@code generations/}.
   *
   * @param whole verified generations
   * @param incomplete folders that lack their database or its signature: of a publisher that is at
   *     work, or was
   * @param folders the folders that were there before the first was read
   */
  record Contents(List<Shelved> whole, List<Incomplete> incomplete, Set<GenerationId> folders) {
    Contents {
      folders = Set.copyOf(folders);
      whole = List.copyOf(whole);
      incomplete = List.copyOf(incomplete);
    }

    Optional<Shelved> find(GenerationId id) {
      return whole.stream().filter(g -> g.id().equals(id)).findFirst();
    }
  }

  /**
   * A verified generation, without its entries.
   *
   * @param written when its database was, by the server's clock
   * @param files the package files that it names
   */
  record Shelved(Sha256 digest, Lineage lineage, Instant written, Set<String> files) {
    Shelved {
      files = Set.copyOf(files);
    }

    GenerationId id() {
      return GenerationId.of(digest);
    }
  }

  /**
   * A folder that is no generation yet, or no longer.
   *
   * @param written when the newest of its files was, by the server's clock
   * @param hasDatabase whether it lacks the signature alone
   */
  record Incomplete(GenerationId id, Instant written, boolean hasDatabase) {}

  /**
   * Reads all of it.
   *
   * @throws RefusedException if anything there is not a generation of this repository, signed by an
   *     allowed key
   */
  Contents read() throws IOException {
    List<Shelved> whole = new ArrayList<>();
    List<Incomplete> incomplete = new ArrayList<>();
    Map<String, String> known = new HashMap<>();
    requireNoOtherDatabase(store.list(Optional.empty()));
    Set<GenerationId> folders = folders();
    for (GenerationId id : folders) {
      try (Scratch scratch = new Scratch(scratchParent)) {
        Optional<Shelved> generation = read(id, known, scratch);
        if (generation.isPresent()) {
          whole.add(generation.get());
        } else {
          incomplete(id).ifPresent(incomplete::add);
        }
      }
    }
    return new Contents(whole, incomplete, folders);
  }

  /**
   * The folders that are there now.
   *
   * @throws RefusedException if one of them has a name that no generation has
   */
  Set<GenerationId> folders() throws IOException {
    Set<GenerationId> ids = new LinkedHashSet<>();
    for (StoreKey folder : store.folders(Optional.of(Names.GENERATIONS))) {
      try {
        ids.add(new GenerationId(folder.name()));
      } catch (IllegalArgumentException e) {
        throw new RefusedException(
            Finding.of(
                "generation-unknown",
                folder.value(),
                "this folder is not a generation",
                "It may hold anything: nothing is deleted while it is there.",
                "Move it out of " + Names.GENERATIONS + "/."));
      }
    }
    return ids;
  }

  /** Another repository in the same directory names packages in a way of its own. */
  private void requireNoOtherDatabase(List<StoreKey> keys) {
    String own = Part.DATABASE.fileName(repository);
    for (StoreKey key : keys) {
      if (key.name().endsWith(".db") && !key.name().equals(own)) {
        throw new RefusedException(
            Finding.of(
                "repository-shared",
                key.value(),
                "the database of another repository is in this directory",
                "Its packages may be the same files: nothing is deleted here.",
                "Move one of the two into a directory of its own."));
      }
    }
  }

  /** The files of a generation's folder, the database first: without it the folder is no state. */
  List<StoreKey> files(GenerationId id) {
    return Stream.concat(
            Stream.of(Part.values()).map(part -> names.in(id, part)),
            Stream.of(Names.note(id), Htaccess.in(id)))
        .toList();
  }

  private Optional<Shelved> read(GenerationId id, Map<String, String> known, Scratch scratch)
      throws IOException {
    GenerationReader reader = new GenerationReader(repository, verifier);
    StoreKey key = names.in(id, Part.DATABASE);
    Optional<StoredObject> object = store.stat(key);
    Optional<Scratch.Spooled> database = GenerationReader.spool(store, key, scratch);
    Optional<byte[]> signature =
        GenerationReader.signature(store, names.in(id, Part.DATABASE_SIGNATURE));
    if (object.isEmpty() || database.isEmpty() || signature.isEmpty()) {
      return Optional.empty();
    }
    if (!GenerationId.of(database.get().digests().sha256()).equals(id)) {
      throw new RefusedException(
          Finding.of(
              "generation-altered",
              key.value(),
              "its bytes are not those that its name says",
              "A generation never changes: somebody or something damaged it."));
    }
    Verifier.Verdict verdict = reader.check(key.value(), database.get(), signature.get());
    if (verdict instanceof Verifier.Verdict.Bad bad) {
      throw new RefusedException(bad.finding());
    }
    Fingerprint signer = ((Verifier.Verdict.Good) verdict).certificate();
    Generation generation = reader.parse(key.value(), database.get(), signer);
    Set<String> files = new HashSet<>();
    for (DatabaseEntry entry : generation.database().entries()) {
      files.add(known.computeIfAbsent(entry.fileName(), name -> name));
    }
    return Optional.of(
        new Shelved(generation.digest(), generation.lineage(), object.get().lastModified(), files));
  }

  private Optional<Incomplete> incomplete(GenerationId id) throws IOException {
    requireNoOtherDatabase(store.list(Optional.of(Names.generation(id))));
    List<Instant> times = new ArrayList<>();
    for (StoreKey key : files(id)) {
      store.stat(key).map(StoredObject::lastModified).ifPresent(times::add);
    }
    boolean database = store.stat(names.in(id, Part.DATABASE)).isPresent();
    return times.stream()
        .max(Comparator.naturalOrder())
        .map(written -> new Incomplete(id, written, database));
  }
}
