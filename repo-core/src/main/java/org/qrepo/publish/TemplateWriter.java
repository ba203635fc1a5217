package org.qrepo.publish;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.qrepo.RefusedException;
import org.qrepo.database.Lineage;
import org.qrepo.io.AsciiArmor;
import org.qrepo.io.Blob;
import org.qrepo.io.Sha256;
import org.qrepo.repodata.MetadataDocument;
import org.qrepo.repodata.MetadataKind;
import org.qrepo.repodata.Repodata;
import org.qrepo.repodata.Repomd;
import org.qrepo.repodata.RpmEntry;

/**
 * Makes and writes what never changes: packages, the documents that describe them, and the
 * generation that names those. Clients see none of it yet.
 */
final class TemplateWriter {
  private final RepositoryName repository;
  private final Store store;
  private final TemplateReader reader;
  private final Events events;

  TemplateWriter(RepositoryName repository, Store store, TemplateReader reader, Events events) {
    this.repository = repository;
    this.store = store;
    this.reader = reader;
    this.events = events;
  }

  /** A package with its signature, and what is listed of it. */
  record Ready(StoreKey key, Blob blob, RpmEntry entry) {}

  /**
   * A generation before it is written.
   *
   * @param documents that are not there yet, or are
   */
  record Built(
      Lineage lineage,
      Blob index,
      Blob signature,
      List<MetadataDocument> documents,
      Repodata packages) {
    Built {
      documents = List.copyOf(documents);
    }

    GenerationId id() {
      return GenerationId.of(index.sha256());
    }

    long bytes() {
      return index.size()
          + signature.size()
          + documents.stream().mapToLong(document -> document.blob().size()).sum();
    }

    Built with(Blob other) {
      return new Built(lineage, index, other, documents, packages);
    }
  }

  /** When the next generation is made: later than its parent, whatever the clock says. */
  static Instant time(TemplateState state, Instant clock) {
    Instant now = Instant.ofEpochSecond(clock.getEpochSecond());
    if (state instanceof TemplateState.Live live) {
      Instant next = live.generation().lineage().time().plusSeconds(1);
      return next.isAfter(now) ? next : now;
    }
    return now;
  }

  /** Signs the packages that need it. */
  List<Ready> ready(TemplateDraft draft, Instant time) throws IOException {
    List<Ready> ready = new ArrayList<>();
    for (TemplateDraft.Incoming one : draft.incoming()) {
      TemplateInput.Signed signed = one.input().signed();
      ready.add(
          new Ready(
              one.key(),
              signed.blob(),
              RpmEntry.of(
                  signed.headers(),
                  signed.blob().size(),
                  signed.blob().sha256(),
                  time,
                  one.key().value())));
    }
    return ready;
  }

  /** Makes the next generation. */
  Built build(TemplateDraft draft, List<Ready> ready, Instant time, Signer signer)
      throws IOException {
    Repodata packages = draft.kept().with(ready.stream().map(Ready::entry).toList());
    List<MetadataDocument> documents = packages.documents();
    Optional<Sha256> parent =
        draft.state() instanceof TemplateState.Live live
            ? Optional.of(live.generation().digest())
            : Optional.empty();
    Sha256 filelists =
        documents.stream()
            .filter(document -> document.kind() == MetadataKind.FILELISTS)
            .findFirst()
            .orElseThrow()
            .stated()
            .checksum();
    Lineage lineage =
        new Lineage(repository.value(), draft.plan().sequence(), parent, filelists, time);
    byte[] index = Repomd.of(time, List.of(lineage.format()), documents).format();
    byte[] signature = signer.sign(Signable.of(TemplateNames.INDEX.name(), index));
    return new Built(
        lineage,
        Blob.of(index),
        Blob.of(AsciiArmor.encode(signature, "SIGNATURE", List.of())),
        documents,
        packages);
  }

  /**
   * Writes a generation, the documents before the index that names them, then the packages. A prune
   * spares what a generation names, so that this comes before what it will need.
   *
   * @return the generation as it is in the store
   */
  Built write(Built built, List<Ready> ready, Workers workers) throws IOException {
    for (MetadataDocument document : built.documents()) {
      put(new StoreKey(document.location()), document.blob());
    }
    StoreKey folder = TemplateNames.generation(built.id());
    put(TemplateNames.index(folder), built.index());
    Built written = built.with(writeSignature(built, TemplateNames.signature(folder)));
    workers.map(
        ready,
        one -> {
          putPackage(one);
          return one;
        });
    return written;
  }

  private void putPackage(Ready one) throws IOException {
    try {
      put(one.key(), one.blob());
    } catch (StoreException e) {
      if (e.kind() == StoreException.Kind.CONFLICT) {
        throw new RefusedException(TemplatePlanner.otherBytes(one.key()));
      }
      throw e;
    }
  }

  /**
   * An attempt that died, or a rival with the same change, may have made the same generation: its
   * signature differs in its time alone and is kept if it is good.
   */
  private Blob writeSignature(Built built, StoreKey key) throws IOException {
    try {
      put(key, built.signature());
      return built.signature();
    } catch (StoreException e) {
      Optional<StoredObject> there =
          e.kind() == StoreException.Kind.CONFLICT ? store.stat(key) : Optional.empty();
      if (there.isEmpty()) {
        throw e;
      }
      Optional<byte[]> other = GenerationReader.signature(store, key);
      if (other.isPresent() && isGood(built.index(), other.get())) {
        return Blob.of(other.get());
      }
      store.swap(key, there.get().tag(), built.signature());
      return built.signature();
    }
  }

  private boolean isGood(Blob index, byte[] signature) throws IOException {
    try (InputStream in = index.open()) {
      return reader.parser().verify(TemplateNames.SIGNATURE.value(), in.readAllBytes(), signature)
          instanceof Verifier.Verdict.Good;
    }
  }

  /**
   * Makes sure that the generation, and all that it names, is still there: a prune may have looked
   * before the generation was up.
   *
   * @throws SupersededException if some of it went: planning again writes it
   */
  void recheck(Built built) throws IOException, SupersededException {
    StoreKey folder = TemplateNames.generation(built.id());
    require(TemplateNames.index(folder), built.index().size());
    require(TemplateNames.signature(folder), built.signature().size());
    for (MetadataDocument document : built.documents()) {
      require(new StoreKey(document.location()), document.blob().size());
    }
    for (RpmEntry entry : built.packages().entries()) {
      require(new StoreKey(entry.location()), entry.size());
    }
  }

  private void require(StoreKey key, long size) throws StoreException, SupersededException {
    if (store.stat(key).filter(object -> object.size() == size).isEmpty()) {
      throw new SupersededException(key + " is gone");
    }
  }

  private void put(StoreKey key, Blob blob) throws IOException {
    store.putOnce(key, blob);
    events.on(new Event.Transferred(key, blob.size()));
  }

  /** The keys of everything that a generation names. */
  static Set<String> named(Repomd index, Repodata packages) {
    Set<String> keys = new TreeSet<>();
    for (MetadataKind kind : MetadataKind.values()) {
      keys.add(kind.location(index.stated(kind).checksum()));
    }
    packages.entries().forEach(entry -> keys.add(entry.location()));
    return keys;
  }
}
