package org.qrepo.publish;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.database.DatabaseReader;
import org.qrepo.database.ReadLimits;
import org.qrepo.io.Compression;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;

/**
 * Reads a repository that has no lineage. Nothing of it is trusted, and one that had a lineage
 * before is not taken for one that never had.
 */
final class ForeignReader {
  private final RepositorySpec spec;
  private final Store store;
  private final Verifier verifier;
  private final RemoteReader reader;
  private final SeenGenerations seen;
  private final Names names;

  ForeignReader(RepositorySpec spec, Store store, Verifier verifier, SeenGenerations seen) {
    this.spec = spec;
    this.store = store;
    this.verifier = verifier;
    this.seen = seen;
    this.reader = new RemoteReader(spec, store, verifier, seen);
    this.names = new Names(spec.name());
  }

  /** The compressions under whose names repo-add keeps databases here. */
  Set<Compression> databases() throws StoreException {
    Set<Compression> databases = EnumSet.noneOf(Compression.class);
    for (Compression compression : Compression.values()) {
      if (store.stat(repoAddName(compression)).isPresent()) {
        databases.add(compression);
      }
    }
    return databases;
  }

  private StoreKey repoAddName(Compression compression) {
    return new StoreKey(Part.DATABASE.repoAddName(spec.name(), ".tar" + compression.suffix()));
  }

  /**
   * The repository; empty if its database says that it has a lineage, which is for others to
   * verify.
   *
   * @param anew whether a chain may begin where one was published before
   * @throws RefusedException if there is no database, or none that can be read, or a lineage was
   *     lost
   */
  Optional<Remote.Foreign> read(boolean anew, Scratch scratch) throws IOException {
    reader.refuseForeignHtaccess();
    Map<StoreKey, Tag> tags = new HashMap<>(reader.tags());
    StoreKey source = source(scratch);
    store.stat(source).ifPresent(object -> tags.put(source, object.tag()));
    Optional<Scratch.Spooled> database = GenerationReader.spool(store, source, scratch);
    if (database.isEmpty()) {
      throw nothingThere();
    }
    Optional<Finding> none = RemoteReader.noDatabase(source.value(), database.get());
    if (none.isPresent()) {
      throw new RefusedException(none.get());
    }
    DatabaseReader.Contents contents =
        DatabaseReader.read(database.get().blob()::open, source.value(), ReadLimits.database());
    if (contents.lineage().isPresent()) {
      return Optional.empty();
    }
    Optional<String> pointer = reader.pointer();
    if (!anew) {
      refuseLostChain(source, pointer, scratch);
    }
    Map<Part, Scratch.Spooled> parts = parts(database.get(), scratch);
    StoreKey folder = folder(parts);
    return Optional.of(
        new Remote.Foreign(
            source, contents.database(), parts, folder, tags, obsolete(folder), pointer));
  }

  /** What clients fetch; where links were lost on a way, the only database of another name. */
  private StoreKey source(Scratch scratch) throws IOException {
    StoreKey database = names.top(Part.DATABASE);
    if (store.stat(database).isPresent()) {
      return database;
    }
    Map<Sha256, StoreKey> found = new HashMap<>();
    for (Compression compression : databases()) {
      StoreKey key = repoAddName(compression);
      Optional<Scratch.Spooled> copy = GenerationReader.spool(store, key, scratch);
      copy.ifPresent(c -> found.putIfAbsent(c.digests().sha256(), key));
    }
    if (found.size() > 1) {
      throw new RefusedException(
          Finding.of(
              "database-ambiguous",
              database.value(),
              "is missing, and databases that differ could be meant",
              "There are " + found.values().stream().sorted().toList() + ".",
              "Make " + database + " a link to the one that is meant."));
    }
    return found.values().stream().findFirst().orElseThrow(this::nothingThere);
  }

  private RefusedException nothingThere() {
    List<String> details = new ArrayList<>(List.of("Looked at " + store.location() + "."));
    try {
      List<String> others =
          store.list(Optional.empty()).stream()
              .map(StoreKey::name)
              .filter(n -> n.endsWith(".db") || n.matches(".+\\.db\\.tar(\\.[a-z0-9]+)?"))
              .toList();
      details.add(
          others.isEmpty()
              ? "Where there are only packages: qrepo publish takes a directory of them."
              : "There are " + others + ": name the one that is meant with --name.");
    } catch (StoreException e) {
      details.add(String.valueOf(e.getMessage()));
    }
    return new RefusedException(
        new Finding(
            "database-not-there",
            names.top(Part.DATABASE).value(),
            "there is no database of this name to adopt",
            details));
  }

  /**
   * repo-add drops what it does not know from a database. Then nothing is lost but the newest
   * database, and a chain that began anew would only hide that.
   */
  private void refuseLostChain(StoreKey source, Optional<String> pointer, Scratch scratch)
      throws IOException {
    Optional<SeenGenerations.Seen> highest = seen.highest(spec.name(), store.location());
    if (highest.isPresent()) {
      throw lostChain(source, "seq " + highest.get().sequence() + ", ", highest.get().generation());
    }
    for (StoreKey folder : store.folders(Optional.of(Names.GENERATIONS))) {
      Optional<GenerationId> id = GenerationId.named(folder.name());
      Optional<Generation> generation =
          id.isPresent()
              ? new GenerationReader(spec.name(), verifier).read(store, id.get(), scratch)
              : Optional.empty();
      boolean wasLive = pointer.equals(Optional.of(folder.value()));
      // The first one may be what an adoption left that died.
      boolean isLater = generation.filter(g -> g.sequence() > 1).isPresent();
      if (id.isPresent() && (wasLive || isLater)) {
        String place = generation.map(g -> "seq " + g.sequence() + ", ").orElse("");
        throw lostChain(source, place, id.get());
      }
    }
  }

  private static RefusedException lostChain(StoreKey source, String place, GenerationId id) {
    return new RefusedException(
        Finding.of(
            "lineage-lost",
            source.value(),
            "this database has no lineage, but qrepo published here before",
            "published  " + place + "generation " + id,
            "Somebody put another one there; repo-add does so when it is run here.",
            "Put it back from " + Names.generation(id) + "/, and publish what is new.",
            "To begin a new chain with what lies there now: --anew."));
  }

  private Map<Part, Scratch.Spooled> parts(Scratch.Spooled database, Scratch scratch)
      throws IOException {
    Map<Part, Scratch.Spooled> parts = new EnumMap<>(Part.class);
    parts.put(Part.DATABASE, database);
    for (Part part : Part.values()) {
      if (part != Part.DATABASE) {
        GenerationReader.spool(store, names.top(part), scratch)
            .ifPresent(copy -> parts.put(part, copy));
      }
    }
    return parts;
  }

  private static StoreKey folder(Map<Part, Scratch.Spooled> parts) {
    StringBuilder text = new StringBuilder();
    for (Part part : Part.values()) {
      Scratch.Spooled copy = parts.get(part);
      text.append(part).append(' ').append(copy == null ? "-" : copy.digests().sha256());
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
    return Names.ADOPTING.child(Digests.of(bytes, Set.of()).sha256().hex().substring(0, 16));
  }

  private List<StoreKey> obsolete(StoreKey folder) throws IOException {
    Stream<StoreKey> own = Stream.of(Part.values()).map(part -> names.in(folder, part));
    return Stream.of(reader.obsolete().stream(), leftovers().stream(), own)
        .flatMap(keys -> keys)
        .distinct()
        .toList();
  }

  /** What adoptions that died have left beside the repository. */
  List<StoreKey> leftovers() throws StoreException {
    List<StoreKey> leftovers = new ArrayList<>();
    for (StoreKey folder : store.folders(Optional.of(Names.ADOPTING))) {
      leftovers.addAll(store.list(Optional.of(folder)));
    }
    return leftovers;
  }

  /**
   * The signature that goes with the database: builderv2 leaves the first one of a repository
   * beside repo-add's name alone.
   */
  Optional<byte[]> databaseSignature(Remote.Foreign foreign) throws IOException {
    Optional<byte[]> own = GenerationReader.signature(store, names.top(Part.DATABASE_SIGNATURE));
    if (own.isPresent()) {
      return own;
    }
    for (Compression compression : databases()) {
      StoreKey database = repoAddName(compression);
      Scratch.Spooled copy = foreign.parts().get(Part.DATABASE);
      if (copy != null
          && BoundedStream.holds(store, database, copy.size(), copy.digests().sha256())) {
        Optional<byte[]> signature = GenerationReader.signature(store, Names.signature(database));
        if (signature.isPresent()) {
          return signature;
        }
      }
    }
    return Optional.empty();
  }
}
