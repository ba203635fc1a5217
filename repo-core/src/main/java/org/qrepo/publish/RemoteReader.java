package org.qrepo.publish;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.database.DatabaseReader;
import org.qrepo.database.ReadLimits;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;

/**
 * Reads the live repository, which is the state that a publish builds on. Nothing that does not
 * verify gets past it, and an unreadable repository is never taken for an empty one.
 */
final class RemoteReader {
  private static final int MOST_LOOKS = 5;
  private static final String ADOPT =
      "qrepo did not make this database: qrepo adopt reads all of it and takes it over.";

  private final RepositorySpec spec;
  private final Store store;
  private final GenerationReader reader;
  private final SeenGenerations seen;
  private final Names names;
  private final boolean thorough;

  /** One that lets the store tell the digests of names that only repeat what was verified. */
  RemoteReader(RepositorySpec spec, Store store, Verifier verifier, SeenGenerations seen) {
    this(spec, store, verifier, seen, false);
  }

  private RemoteReader(
      RepositorySpec spec, Store store, Verifier verifier, SeenGenerations seen, boolean thorough) {
    this.spec = spec;
    this.store = store;
    this.seen = seen;
    this.thorough = thorough;
    this.reader = new GenerationReader(spec.name(), verifier);
    this.names = new Names(spec.name());
  }

  /** One that reads every name to its end: for those who look for damage. */
  static RemoteReader thorough(
      RepositorySpec spec, Store store, Verifier verifier, SeenGenerations seen) {
    return new RemoteReader(spec, store, verifier, seen, true);
  }

  /**
   * The repository for a change that builds on it, or for one who only looks.
   *
   * @param incoming names of the packages that the change brings: they are no obstacle to a new
   *     repository
   * @throws RefusedException if what is there is not a repository that may be built on
   */
  Remote read(Set<String> incoming, Scratch scratch) throws IOException {
    return read(() -> seen.highest(spec.name(), store.location()), incoming, scratch);
  }

  /** The same for a change that begins anew: what was published here before does not matter. */
  Remote readAnew(Set<String> incoming, Scratch scratch) throws IOException {
    return read(Optional::empty, incoming, scratch);
  }

  /** What this publisher remembers. */
  @FunctionalInterface
  private interface Memory {
    Optional<SeenGenerations.Seen> highest() throws IOException;
  }

  /** A rival that commits meanwhile can make anything look wrong: then it is looked at again. */
  private Remote read(Memory memory, Set<String> incoming, Scratch scratch) throws IOException {
    StoreKey database = names.top(Part.DATABASE);
    for (int look = 1; ; look++) {
      Optional<StoredObject> before = store.stat(database);
      // Before the repository itself: what a rival publishes meanwhile is no rollback.
      Optional<SeenGenerations.Seen> highest = memory.highest();
      try {
        return look(highest, incoming, scratch);
      } catch (RefusedException e) {
        if (look == MOST_LOOKS || store.stat(database).equals(before)) {
          throw e;
        }
      }
    }
  }

  private Remote look(Optional<SeenGenerations.Seen> highest, Set<String> incoming, Scratch scratch)
      throws IOException {
    refuseForeignHtaccess();
    StoreKey key = names.top(Part.DATABASE);
    Map<StoreKey, StoredObject> states = states();
    Map<StoreKey, Tag> tags = tags(states);
    Optional<String> pointer = pointer();
    Optional<byte[]> signature =
        GenerationReader.signature(store, names.top(Part.DATABASE_SIGNATURE));
    Optional<Scratch.Spooled> database = GenerationReader.spool(store, key, scratch);
    if (database.isEmpty()) {
      return vacant(tags, pointer, highest, incoming, scratch);
    }
    Generation generation = verified(key.value(), database.get(), signature, scratch);
    refuseRollback(generation, highest);
    Map<StoreKey, Sha256> known = thorough ? new HashMap<>() : told(states);
    known.put(key, database.get().digests().sha256());
    signature.ifPresent(
        bytes -> known.put(names.top(Part.DATABASE_SIGNATURE), Blob.of(bytes).sha256()));
    return new Remote.Live(
        generation, tags, unsettled(generation, pointer, known), obsolete(), pointer);
  }

  /** Another repository in the same directory may have a pointer of its own there. */
  Optional<String> pointer() throws IOException {
    if (!store.traits().links()) {
      return Optional.empty();
    }
    Optional<String> pointer = store.readLink(Names.CURRENT);
    if (pointer.isEmpty() || !isOfAnotherRepository()) {
      return pointer;
    }
    if (spec.layout() == Layout.POINTER) {
      throw new RefusedException(
          Finding.of(
              "pointer-of-other-repository",
              Names.CURRENT.value(),
              "another repository in this directory has its pointer there",
              "One directory has room for one repository with the pointer layout.",
              "Publish into a directory of its own, or with layout: plain."));
    }
    return Optional.empty();
  }

  private boolean isOfAnotherRepository() throws StoreException {
    return store.stat(Names.CURRENT.child(Part.DATABASE.fileName(spec.name()))).isEmpty()
        && !store.list(Optional.of(Names.CURRENT)).isEmpty();
  }

  List<StoreKey> obsolete() throws StoreException {
    List<StoreKey> obsolete = new ArrayList<>();
    for (List<StoreKey> group : names.others(spec.compression(), spec.aliases())) {
      if (exists(group.get(group.size() - 1))) {
        obsolete.addAll(group);
      }
    }
    if (!spec.htaccess() && isRedirected()) {
      obsolete.add(Htaccess.KEY);
    }
    return obsolete;
  }

  private boolean isRedirected() throws StoreException {
    return store.traits().links()
        && store.readLink(Htaccess.KEY).equals(Optional.of(Htaccess.TARGET));
  }

  /** Somebody's own settings are never overwritten. */
  void refuseForeignHtaccess() throws StoreException {
    if (spec.htaccess() && !isRedirected() && exists(Htaccess.KEY)) {
      throw new RefusedException(
          Finding.of(
              "htaccess-taken",
              Htaccess.KEY.value(),
              "a file of this name is there that qrepo did not write",
              "The layout 'redirect' keeps the redirect of the databases there.",
              "Move its lines into the folder above, or into the server's configuration,",
              "or publish with layout: pointer."));
    }
  }

  private boolean exists(StoreKey key) throws StoreException {
    return store.stat(key).isPresent()
        || (store.traits().links() && store.readLink(key).isPresent());
  }

  Map<StoreKey, Tag> tags() throws IOException {
    return tags(states());
  }

  private Map<StoreKey, StoredObject> states() throws IOException {
    Map<StoreKey, StoredObject> states = new HashMap<>();
    for (Names.Mutable name : mutableNames()) {
      store.stat(name.key()).ifPresent(object -> states.put(name.key(), object));
    }
    return states;
  }

  private static Map<StoreKey, Tag> tags(Map<StoreKey, StoredObject> states) {
    Map<StoreKey, Tag> tags = new HashMap<>();
    states.forEach((key, object) -> tags.put(key, object.tag()));
    return tags;
  }

  private static Map<StoreKey, Sha256> told(Map<StoreKey, StoredObject> states) {
    Map<StoreKey, Sha256> told = new HashMap<>();
    states.forEach((key, object) -> object.digest().ifPresent(d -> told.put(key, d)));
    return told;
  }

  private List<Names.Mutable> mutableNames() {
    return names.mutable(spec.compression(), spec.aliases());
  }

  private Generation verified(
      String subject, Scratch.Spooled database, Optional<byte[]> signature, Scratch scratch)
      throws IOException {
    Verifier.Verdict verdict = reader.check(subject, database, signature.orElse(new byte[0]));
    if (verdict instanceof Verifier.Verdict.Good good) {
      return reader.parse(subject, database, good.certificate());
    }
    Optional<Generation> begun = reader.read(store, database.digests().sha256(), scratch);
    if (begun.isPresent()) {
      return begun.get();
    }
    throw new RefusedException(
        explain(subject, database, signature, ((Verifier.Verdict.Bad) verdict).finding()));
  }

  private static Finding explain(
      String subject, Scratch.Spooled database, Optional<byte[]> signature, Finding bad)
      throws IOException {
    Optional<Finding> none = noDatabase(subject, database);
    if (none.isPresent()) {
      return none.get();
    }
    if (signature.isEmpty()) {
      return Finding.of(
          "database-unsigned",
          subject,
          "the published database has no signature",
          "qrepo builds only on what it can verify: anybody could have changed this database.",
          isForeign(subject, database)
              ? ADOPT
              : "Put its signature back from its folder below " + Names.GENERATIONS + "/.");
    }
    return isForeign(subject, database) ? bad.and(ADOPT) : bad;
  }

  /** What stands in a database's place and is none. */
  static Optional<Finding> noDatabase(String subject, Scratch.Spooled database) throws IOException {
    if (database.size() == 0) {
      return Optional.of(
          Finding.of(
              "database-empty",
              subject,
              "the database has no content (0 bytes)",
              "An empty file is not an empty repository: something went wrong when it was written.",
              "Put it back from its folder below " + Names.GENERATIONS + "/."));
    }
    if (GenerationReader.isWebPage(database)) {
      return Optional.of(
          Finding.of(
              "database-html",
              subject,
              "this is a web page, not a database",
              "A server or proxy put its error page there."
                  + " Put the database back from its folder below "
                  + Names.GENERATIONS
                  + "/."));
    }
    return Optional.empty();
  }

  private static boolean isForeign(String subject, Scratch.Spooled database) throws IOException {
    try {
      return DatabaseReader.read(database.blob()::open, subject, ReadLimits.database())
          .lineage()
          .isEmpty();
    } catch (RefusedException e) {
      return false;
    }
  }

  private void refuseRollback(Generation generation, Optional<SeenGenerations.Seen> highest) {
    if (highest.isPresent()
        && generation.sequence() == highest.get().sequence()
        && !generation.id().equals(highest.get().generation())) {
      throw new RefusedException(
          Finding.of(
              "repository-forked",
              names.top(Part.DATABASE).value(),
              "another generation stands where one was published before",
              "published  seq " + generation.sequence() + ", generation " + generation.id(),
              "seen here  generation " + highest.get().generation(),
              "What that one changed may be lost: somebody published upon an older state.",
              "Put it back from its folder below " + Names.GENERATIONS + "/, and publish again."));
    }
    if (highest.isPresent() && generation.sequence() < highest.get().sequence()) {
      throw new RefusedException(
          Finding.of(
              "repository-rolled-back",
              names.top(Part.DATABASE).value(),
              "the published database is older than one that was published here before",
              "published  seq " + generation.sequence() + ", generation " + generation.id(),
              "seen here  seq "
                  + highest.get().sequence()
                  + ", generation "
                  + highest.get().generation(),
              "Somebody put an older signed database back. Restore the newer one."));
    }
  }

  private Remote vacant(
      Map<StoreKey, Tag> tags,
      Optional<String> pointer,
      Optional<SeenGenerations.Seen> highest,
      Set<String> incoming,
      Scratch scratch)
      throws IOException {
    if (highest.isPresent()) {
      throw lost(
          "seq " + highest.get().sequence() + " was published here before",
          "Where it was removed on purpose, qrepo publish --init begins anew.");
    }
    if (!tags.isEmpty() || pointer.isPresent()) {
      throw lost(
          "other names of a repository are there",
          "Where repo-add or builderv2 made them: qrepo adopt takes the repository over.");
    }
    if (!store.traits().lists()) {
      // Nobody can look; a name that holds other bytes still refuses them.
      return new Remote.Vacant();
    }
    // The packages first: those of a rival at work come after its generation.
    List<StoreKey> there = store.list(Optional.empty());
    Set<String> known = new HashSet<>(incoming);
    known.addAll(packagesOfFirstAttempts(scratch));
    List<String> strangers =
        there.stream()
            .map(StoreKey::name)
            .filter(n -> n.contains(".pkg.tar") && !known.contains(withoutSignature(n)))
            .toList();
    if (!strangers.isEmpty()) {
      throw new RefusedException(
          new Finding(
              "packages-without-database",
              strangers.get(0),
              "packages are there, but no database " + names.top(Part.DATABASE),
              List.of(
                  strangers.size() + " package files that this change does not bring are there.",
                  "Name the repository as it is published there, add these packages to the change,",
                  "or publish into an empty directory.")));
    }
    return new Remote.Vacant();
  }

  private static String withoutSignature(String name) {
    return name.endsWith(".sig") ? name.substring(0, name.length() - 4) : name;
  }

  private RefusedException lost(String why, String... more) {
    List<String> details = new ArrayList<>();
    details.add("Starting from nothing would drop every package that was published.");
    details.add(
        "Put "
            + names.top(Part.DATABASE)
            + " back from its folder below "
            + Names.GENERATIONS
            + "/.");
    details.addAll(List.of(more));
    return new RefusedException(
        new Finding(
            "database-lost",
            names.top(Part.DATABASE).value(),
            "the database is missing, but " + why,
            details));
  }

  /**
   * What first publishes have uploaded that died before their commit; anything later is a lost
   * database.
   */
  private Set<String> packagesOfFirstAttempts(Scratch scratch) throws IOException {
    Set<String> files = new HashSet<>();
    for (StoreKey folder : store.folders(Optional.of(Names.GENERATIONS))) {
      Optional<GenerationId> id = GenerationId.named(folder.name());
      Optional<Generation> generation =
          id.isPresent() ? reader.read(store, id.get(), scratch) : Optional.empty();
      if (generation.isEmpty()) {
        continue;
      }
      if (generation.get().sequence() != 1) {
        throw lost("generation " + folder.name() + " is there, seq " + generation.get().sequence());
      }
      generation.get().database().entries().stream()
          .map(DatabaseEntry::fileName)
          .forEach(files::add);
    }
    return files;
  }

  /**
   * @param known digests of names, read or told a moment ago
   */
  private List<Names.Mutable> unsettled(
      Generation generation, Optional<String> pointer, Map<StoreKey, Sha256> known)
      throws IOException {
    boolean pointed = pointer.filter(Names.generation(generation.id()).value()::equals).isPresent();
    Map<Part, Optional<Sha256>> expected = new HashMap<>();
    expected.put(Part.DATABASE, Optional.of(generation.digest()));
    expected.put(Part.FILES, Optional.of(generation.lineage().files()));
    List<Names.Mutable> unsettled = new ArrayList<>();
    for (Names.Mutable name : mutableNames()) {
      if (pointed && isLinkThroughCurrent(name)) {
        continue;
      }
      if (!expected.containsKey(name.part())) {
        expected.put(name.part(), signatureDigest(generation, name.part(), known));
      }
      Optional<Sha256> live = digest(name.key(), name.part(), known);
      if (live.isEmpty() || !live.equals(expected.get(name.part()))) {
        unsettled.add(name);
      }
    }
    if (spec.htaccess()
        && (!isRedirected() || store.stat(Htaccess.in(generation.id())).isEmpty())) {
      unsettled.add(new Names.Mutable(Htaccess.KEY, Part.DATABASE));
    }
    return unsettled;
  }

  /**
   * As the generation has it; where its folder is gone, the name that clients fetch sets the
   * pattern.
   */
  private Optional<Sha256> signatureDigest(
      Generation generation, Part part, Map<StoreKey, Sha256> known) throws IOException {
    Optional<Sha256> own = digest(names.in(generation.id(), part), part, known);
    return own.isPresent() ? own : digest(names.top(part), part, known);
  }

  private boolean isLinkThroughCurrent(Names.Mutable name) throws IOException {
    return store.readLink(name.key()).filter(names.throughCurrent(name.part())::equals).isPresent();
  }

  private Optional<Sha256> digest(StoreKey key, Part part, Map<StoreKey, Sha256> known)
      throws IOException {
    Optional<Sha256> cheap = Optional.ofNullable(known.get(key));
    if (cheap.isEmpty() && !thorough) {
      cheap = store.stat(key).flatMap(StoredObject::digest);
    }
    if (cheap.isPresent()) {
      return cheap;
    }
    try (Store.Opened opened = store.open(key)) {
      InputStream in = BoundedStream.over(opened.stream(), part.maxSize());
      return Optional.of(Digests.of(in, Set.of()).sha256());
    } catch (StoreException e) {
      if (e.kind() == StoreException.Kind.ABSENT) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
