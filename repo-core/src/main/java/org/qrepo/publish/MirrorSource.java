package org.qrepo.publish;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.database.Database;
import org.qrepo.io.Blob;
import org.qrepo.io.Sha256;

/** Reads what a mirror copies: the live generation and the chain behind it, all of it verified. */
final class MirrorSource {
  /** The longest note that is copied; a longer one is made anew. */
  private static final int MAX_NOTE = 16 << 20;

  private final RepositorySpec spec;
  private final Store store;
  private final Verifier verifier;
  private final SeenGenerations seen;
  private final GenerationReader reader;
  private final Path scratchParent;

  MirrorSource(
      RepositorySpec spec,
      Store store,
      Verifier verifier,
      SeenGenerations seen,
      Path scratchParent) {
    this.spec = spec;
    this.store = store;
    this.verifier = verifier;
    this.seen = seen;
    this.reader = new GenerationReader(spec.name(), verifier);
    this.scratchParent = scratchParent;
  }

  /**
   * @throws RefusedException {@code mirror-source-empty} if nothing is published there
   */
  Generation live(Scratch scratch) throws IOException {
    Remote remote = new RemoteReader(spec, store, verifier, seen).read(Set.of(), scratch);
    if (remote instanceof Remote.Live live) {
      return live.generation();
    }
    throw new RefusedException(
        Finding.of(
            "mirror-source-empty",
            store.location(),
            "nothing is published there",
            "Publish there first."));
  }

  /**
   * The generations behind one, the nearest first, each without its entries.
   *
   * @param until the digest to stop before; empty: as far as the store goes
   */
  List<Generation> chain(Generation from, Optional<Sha256> until) throws IOException {
    List<Generation> chain = new ArrayList<>();
    Set<Sha256> passed = new HashSet<>(Set.of(from.digest()));
    Optional<Sha256> next = from.lineage().parent();
    while (next.isPresent() && !next.equals(until) && passed.add(next.get())) {
      Optional<Generation> generation = read(GenerationId.of(next.get()));
      if (generation.isEmpty() || !generation.get().digest().equals(next.get())) {
        return chain;
      }
      chain.add(generation.get());
      next = generation.get().lineage().parent();
    }
    return chain;
  }

  private Optional<Generation> read(GenerationId id) throws IOException {
    try (Scratch scratch = new Scratch(scratchParent)) {
      return reader
          .read(store, id, scratch)
          .map(
              g -> new Generation(g.digest(), g.size(), g.lineage(), Database.empty(), g.signer()));
    }
  }

  /** The folders of generations that are there; empty if the store does not tell. */
  Set<String> folders() throws IOException {
    Set<String> folders = new HashSet<>();
    if (!store.traits().lists()) {
      return folders;
    }
    store.folders(Optional.of(Names.GENERATIONS)).forEach(f -> folders.add(f.name()));
    return folders;
  }

  /** A generation to write: its parts, verified, and its note. */
  BuiltGeneration built(Generation generation, Scratch scratch) throws IOException {
    return new BuiltGeneration(
        generation.id(),
        generation.sequence(),
        generation.database(),
        reader.parts(store, generation, scratch),
        note(generation));
  }

  /**
   * The note as it is there; nobody trusts it. One that is missing or out of all bounds is made
   * from what is signed.
   */
  private Blob note(Generation generation) throws IOException {
    StoreKey key = Names.note(generation.id());
    try (Store.Opened opened = store.open(key)) {
      byte[] bytes = opened.stream().readNBytes(MAX_NOTE + 1);
      if (bytes.length <= MAX_NOTE && isJson(bytes)) {
        return Blob.of(bytes);
      }
    } catch (StoreException e) {
      if (e.kind() != StoreException.Kind.ABSENT) {
        throw e;
      }
    }
    return Blob.of(
        GenerationNote.json(
            generation.id(),
            generation.lineage(),
            generation.digest(),
            generation.database().size(),
            List.of()));
  }

  private static boolean isJson(byte[] bytes) {
    try (var json = new JsonFactory().createParser(bytes)) {
      while (json.nextToken() != null) {
        json.skipChildren();
      }
      return bytes.length > 0;
    } catch (IOException e) {
      return false;
    }
  }
}
