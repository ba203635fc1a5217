package org.qrepo.publish;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;
import org.qrepo.repodata.MetadataDocument;
import org.qrepo.repodata.Repomd;

/**
 * Reads repositories of templates, and lets through only what verifies: the signature by an allowed
 * key, the lineage of this repository, every document by the digest in the signed index.
 */
final class TemplateReader {
  private static final int MOST_LOOKS = 5;
  private static final String RESTORE =
      "Put it back from its folder below " + TemplateNames.GENERATIONS + "/.";

  private final RepositoryName repository;
  private final Store store;
  private final TemplateParser parser;
  private final SeenGenerations seen;

  TemplateReader(RepositoryName repository, Store store, Verifier verifier, SeenGenerations seen) {
    this.repository = repository;
    this.store = store;
    this.parser = new TemplateParser(repository, verifier);
    this.seen = seen;
  }

  /** By what the publisher's memory knows the place: packages may lie in the same directory. */
  static String place(Store store) {
    return store.location() + "/" + TemplateNames.METADATA;
  }

  /** Remembers a generation that is live. */
  void remember(TemplateGeneration generation) throws IOException {
    seen.record(
        repository, place(store), new SeenGenerations.Seen(generation.sequence(), generation.id()));
  }

  /** What was seen here before was removed on purpose. */
  void forget() throws IOException {
    seen.forget(repository, place(store));
  }

  TemplateParser parser() {
    return parser;
  }

  /**
   * What is there now.
   *
   * @throws RefusedException if it does not verify, or is older than what was seen here
   */
  TemplateState read() throws IOException {
    return read(false);
  }

  /** As {@link #read}, but for what was seen here before: it was removed on purpose. */
  TemplateState readAnew() throws IOException {
    return read(true);
  }

  private TemplateState read(boolean anew) throws IOException {
    for (int look = 1; ; look++) {
      // Before the look: a publisher of this machine may record what comes after it.
      Optional<SeenGenerations.Seen> highest = seen.highest(repository, place(store));
      TemplateState.Shown shown = shown();
      try {
        return look(shown, highest, anew);
      } catch (RefusedException e) {
        if (look == MOST_LOOKS || shown().equals(shown)) {
          throw e;
        }
      }
    }
  }

  private TemplateState.Shown shown() throws IOException {
    return new TemplateState.Shown(
        tag(TemplateNames.INDEX),
        tag(TemplateNames.SIGNATURE),
        link(TemplateNames.CURRENT),
        link(TemplateNames.INDEX),
        link(TemplateNames.SIGNATURE));
  }

  private Tag tag(StoreKey key) throws StoreException {
    return store.stat(key).map(StoredObject::tag).orElse(Tag.ABSENT);
  }

  private Optional<String> link(StoreKey key) throws StoreException {
    return store.traits().links() ? store.readLink(key) : Optional.empty();
  }

  private TemplateState look(
      TemplateState.Shown shown, Optional<SeenGenerations.Seen> highest, boolean anew)
      throws IOException {
    Optional<byte[]> signature = bytes(TemplateNames.SIGNATURE, Verifier.MAX_SIGNATURE);
    Optional<byte[]> index = bytes(TemplateNames.INDEX, Repomd.MOST);
    if (index.isEmpty()) {
      return vacant(shown, anew ? Optional.empty() : highest);
    }
    if (TemplateParser.lineage(index.get()).isEmpty()) {
      refuseNonsense(index.get());
      return new TemplateState.Foreign(shown, Blob.of(index.get()), signature.map(Blob::of));
    }
    String subject = TemplateNames.INDEX.value();
    Optional<TemplateGeneration> whole =
        signature.isPresent() ? verified(subject, index.get(), signature.get()) : Optional.empty();
    Optional<TemplateGeneration> live =
        whole.isPresent() ? whole : generation(GenerationId.of(digest(index.get())));
    if (live.isEmpty()) {
      throw new RefusedException(unsigned(index.get(), signature));
    }
    refuseRollback(live.get(), highest);
    return new TemplateState.Live(shown, live.get(), whole.isPresent());
  }

  private Finding unsigned(byte[] index, Optional<byte[]> signature) {
    if (signature.isEmpty()) {
      return Finding.of(
          "database-unsigned",
          TemplateNames.INDEX.value(),
          "the published index has no signature",
          "qrepo builds only on what it can verify: anybody could have changed it.",
          RESTORE);
    }
    return parser.verify(TemplateNames.INDEX.value(), index, signature.get())
            instanceof Verifier.Verdict.Bad bad
        ? bad.finding()
        : Finding.of("database-unsigned", TemplateNames.INDEX.value(), "it changed while read");
  }

  private static void refuseNonsense(byte[] index) {
    String start = new String(index, 0, Math.min(index.length, 2000), StandardCharsets.ISO_8859_1);
    if (!start.contains("<repomd")) {
      throw new RefusedException(
          Finding.of(
              "template-index-damaged",
              TemplateNames.INDEX.value(),
              index.length == 0 ? "it has no content (0 bytes)" : "it is no index of metadata",
              "A server or proxy may have put its error page there.",
              RESTORE));
    }
  }

  /**
   * The generation in a folder; empty if its index or signature is not there, or does not verify.
   *
   * @throws RefusedException if its bytes are others than its name says
   */
  Optional<TemplateGeneration> generation(GenerationId id) throws IOException {
    StoreKey key = TemplateNames.index(TemplateNames.generation(id));
    Optional<byte[]> index = bytes(key, Repomd.MOST);
    Optional<byte[]> signature =
        bytes(TemplateNames.signature(TemplateNames.generation(id)), Verifier.MAX_SIGNATURE);
    if (index.isEmpty() || signature.isEmpty()) {
      return Optional.empty();
    }
    if (!GenerationId.of(digest(index.get())).equals(id)) {
      throw GenerationReader.altered(key, "its bytes are not those that its name says");
    }
    return verified(key.value(), index.get(), signature.get());
  }

  /** Empty if the signature is not good. */
  private Optional<TemplateGeneration> verified(String subject, byte[] index, byte[] signature)
      throws IOException {
    if (!(parser.verify(subject, index, signature) instanceof Verifier.Verdict.Good good)) {
      return Optional.empty();
    }
    return Optional.of(parser.parse(subject, index, signature, good.certificate(), this::document));
  }

  private Optional<byte[]> document(StoreKey key) throws IOException {
    return bytes(key, MetadataDocument.MOST_PACKED);
  }

  private void refuseRollback(
      TemplateGeneration generation, Optional<SeenGenerations.Seen> highest) {
    if (highest.isEmpty() || generation.sequence() > highest.get().sequence()) {
      return;
    }
    SeenGenerations.Seen before = highest.get();
    boolean forked = generation.sequence() == before.sequence();
    if (forked && generation.id().equals(before.generation())) {
      return;
    }
    throw new RefusedException(
        Finding.of(
            forked ? "repository-forked" : "repository-rolled-back",
            TemplateNames.INDEX.value(),
            forked
                ? "another generation stands where one was published before"
                : "the published index is older than one that was published here before",
            "published  seq " + generation.sequence() + ", generation " + generation.id(),
            "seen here  seq " + before.sequence() + ", generation " + before.generation(),
            "Somebody put an older signed state back, or published upon one. " + RESTORE));
  }

  private TemplateState vacant(TemplateState.Shown shown, Optional<SeenGenerations.Seen> highest)
      throws IOException {
    if (highest.isPresent()) {
      throw missing("seq " + highest.get().sequence() + " was published here before");
    }
    for (GenerationId id : folders()) {
      Optional<TemplateGeneration> generation = generation(id);
      if (generation.isPresent() && generation.get().lineage().parent().isPresent()) {
        throw missing("generation " + id + " is there, which was not the first");
      }
    }
    if (shown.pointer().isPresent()) {
      throw missing("the link " + TemplateNames.CURRENT + " is there");
    }
    return new TemplateState.Vacant(shown);
  }

  /** The ids of the generations that have a folder; others are passed over. */
  List<GenerationId> folders() throws IOException {
    List<GenerationId> ids = new ArrayList<>();
    for (StoreKey folder : store.folders(Optional.of(TemplateNames.GENERATIONS))) {
      GenerationId.named(folder.name()).ifPresent(ids::add);
    }
    return ids;
  }

  private static RefusedException missing(String why) {
    return new RefusedException(
        Finding.of(
            "database-lost",
            TemplateNames.INDEX.value(),
            "the index is missing, but " + why,
            "Starting from nothing would drop every template that was published.",
            RESTORE,
            "Where it was removed on purpose, qrepo publish --init begins anew."));
  }

  private static Sha256 digest(byte[] bytes) {
    return Digests.of(bytes, Set.of()).sha256();
  }

  /** Cut at one byte over the limit, which whoever verifies refuses. */
  private Optional<byte[]> bytes(StoreKey key, int most) throws IOException {
    try (Store.Opened opened = store.open(key)) {
      return Optional.of(opened.stream().readNBytes(most + 1));
    } catch (StoreException e) {
      if (e.kind() == StoreException.Kind.ABSENT) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
