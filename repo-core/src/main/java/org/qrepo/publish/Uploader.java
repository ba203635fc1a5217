package org.qrepo.publish;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;

/**
 * Writes what never changes: a generation, package files and their signatures. Clients see none of
 * it yet.
 */
final class Uploader {
  /** Clocks of file systems may lag behind those that stamp a moment. */
  private static final Duration MARGIN = Duration.ofMillis(20);

  private static final Duration MAX_WAIT = Duration.ofSeconds(10);

  private final RepositorySpec spec;
  private final Store store;
  private final Verifier verifier;
  private final Events events;
  private final Workers workers;
  private final Pause pause;
  private final Names names;

  Uploader(
      RepositorySpec spec,
      Store store,
      Verifier verifier,
      Events events,
      Workers workers,
      Pause pause) {
    this.spec = spec;
    this.store = store;
    this.verifier = verifier;
    this.events = events;
    this.workers = workers;
    this.pause = pause;
    this.names = new Names(spec.name());
  }

  /**
   * Writes a generation, the file lists before the database that names them. The note goes first:
   * its time tells the server's clock, and the rest waits until that has left the second in which
   * the live names were written, for clients ask whether there is a newer one by the second.
   *
   * @param shown what clients will see beside the live names until the generation is live
   * @return the generation as it is in the store
   */
  BuiltGeneration writeGeneration(BuiltGeneration built, List<StoreKey> shown) throws IOException {
    put(Names.note(built.id()), built.note());
    awaitLaterSecond(built.id(), shown);
    return putParts(built);
  }

  /** Writes a generation that is not to be live, so that its time does not matter. */
  void writeParts(BuiltGeneration built) throws IOException {
    put(Names.note(built.id()), built.note());
    putParts(built);
  }

  private BuiltGeneration putParts(BuiltGeneration built) throws IOException {
    if (spec.htaccess()) {
      put(Htaccess.in(built.id()), Htaccess.of(spec.name(), built.id()));
    }
    Map<Part, Blob> parts = new EnumMap<>(Part.class);
    for (Part part : List.of(Part.FILES, Part.DATABASE)) {
      Part signature = part.signature();
      put(names.in(built.id(), part), built.part(part));
      parts.put(part, built.part(part));
      parts.put(signature, writeSignature(built, part, names.in(built.id(), signature)));
    }
    return built.with(parts);
  }

  /**
   * An attempt that died, or a rival with the same change, may have made the same generation: its
   * signature differs in its time alone and is kept if it is good. The generation is not live yet.
   */
  private Blob writeSignature(BuiltGeneration built, Part signed, StoreKey key) throws IOException {
    Blob own = built.part(signed.signature());
    try {
      put(key, own);
      return own;
    } catch (StoreException e) {
      Optional<StoredObject> there =
          e.kind() == StoreException.Kind.CONFLICT ? store.stat(key) : Optional.empty();
      if (there.isEmpty()) {
        throw e;
      }
      Optional<byte[]> other = GenerationReader.signature(store, key);
      if (other.isPresent() && isGood(key, built.part(signed), other.get())) {
        return Blob.of(other.get());
      }
      store.swap(key, there.get().tag(), own);
      events.on(new Event.Transferred(key, own.size()));
      return own;
    }
  }

  private boolean isGood(StoreKey key, Blob signed, byte[] signature) throws IOException {
    try (InputStream in = signed.open()) {
      Digests digests = Digests.of(in, verifier.algorithms(signature));
      return verifier.verify(key.value(), signature, digests, Verifier.Form.BINARY)
          instanceof Verifier.Verdict.Good;
    }
  }

  private void awaitLaterSecond(GenerationId id, List<StoreKey> shown) throws IOException {
    Optional<StoredObject> live = lastWritten(shown);
    Optional<StoredObject> note = store.stat(Names.note(id));
    if (live.isEmpty() || note.isEmpty()) {
      return;
    }
    Instant earliest =
        live.get().lastModified().truncatedTo(ChronoUnit.SECONDS).plusSeconds(1).plus(MARGIN);
    Duration wait = Duration.between(note.get().lastModified(), earliest);
    if (wait.compareTo(MAX_WAIT) > 0) {
      throw new RefusedException(
          Finding.of(
              "database-in-the-future",
              live.get().key().value(),
              "its time is " + live.get().lastModified() + ", in the future",
              "The server's clock says " + note.get().lastModified() + ".",
              "Clients that have it would not see a newer one until then:",
              "set the clock and its time right."));
    }
    if (!wait.isNegative()) {
      pause.sleep(wait);
    }
  }

  /** Of the live names and these: clients ask for each of them by its own time. */
  private Optional<StoredObject> lastWritten(List<StoreKey> shown) throws StoreException {
    List<StoreKey> keys = new ArrayList<>(shown);
    for (Part part : Part.values()) {
      keys.add(names.top(part));
    }
    Optional<StoredObject> last = Optional.empty();
    for (StoreKey key : keys) {
      Optional<StoredObject> object = store.stat(key);
      if (object.isPresent()
          && (last.isEmpty() || object.get().lastModified().isAfter(last.get().lastModified()))) {
        last = object;
      }
    }
    return last;
  }

  /** Package files and signatures that are not there yet, each signature after its package. */
  void writePackages(List<Transfer> transfers) throws IOException {
    workers.map(
        transfers.stream().filter(t -> !t.stored()).toList(),
        transfer -> {
          writePackage(transfer);
          return transfer;
        });
    workers.map(
        transfers.stream().filter(t -> !t.storedSignature()).toList(),
        transfer -> {
          writeSignature(transfer);
          return transfer;
        });
  }

  private void writePackage(Transfer transfer) throws IOException {
    if (transfer.link().isEmpty()) {
      put(transfer.file(), transfer.blob());
      return;
    }
    store.swap(transfer.file(), transfer.link().get(), transfer.blob());
    events.on(new Event.Transferred(transfer.file(), transfer.blob().size()));
  }

  private void writeSignature(Transfer transfer) throws IOException {
    StoreKey key = Names.signature(transfer.file());
    Blob blob = transfer.signature();
    try {
      if (transfer.rejected().isPresent()) {
        store.swap(key, transfer.rejected().get(), blob);
      } else {
        store.putOnce(key, blob);
      }
    } catch (StoreException e) {
      if (e.kind() != StoreException.Kind.CONFLICT || !isGoodNow(transfer, key)) {
        throw e;
      }
    }
    events.on(new Event.Transferred(key, blob.size()));
  }

  /** Another publisher with an allowed key may have signed the same bytes meanwhile. */
  private boolean isGoodNow(Transfer transfer, StoreKey key) throws IOException {
    Optional<byte[]> there = GenerationReader.signature(store, key);
    return there.isPresent()
        && PackageSignatures.isGood(
            verifier, transfer.file().value(), transfer.digests(), transfer.blob(), there.get());
  }

  /**
   * Makes sure that the generation, and what it uses from before, is still there: a prune may have
   * looked before the generation was up. Where there is a lock it is held, so that none comes
   * between this and the commit.
   *
   * @throws SupersededException if some of it went: planning again writes it
   */
  void recheck(BuiltGeneration built, List<Transfer> transfers)
      throws IOException, SupersededException {
    for (Part part : Part.values()) {
      long size = built.part(part).size();
      if (store.stat(names.in(built.id(), part)).filter(o -> o.size() == size).isEmpty()) {
        throw new SupersededException("the generation that was written is gone");
      }
    }
    List<Transfer> reused =
        transfers.stream().filter(t -> t.stored() || t.storedSignature()).toList();
    List<Boolean> there =
        workers.map(
            reused,
            transfer -> {
              long size = transfer.blob().size();
              return store.stat(transfer.file()).filter(o -> o.size() == size).isPresent()
                  && store.stat(Names.signature(transfer.file())).isPresent();
            });
    if (there.contains(false)) {
      throw new SupersededException("a package that was in the store is gone");
    }
  }

  private void put(StoreKey key, Blob blob) throws IOException {
    store.putOnce(key, blob);
    events.on(new Event.Transferred(key, blob.size()));
  }

  /** The number of objects that {@link #writeGeneration} writes. */
  static int objects(RepositorySpec spec) {
    return Part.values().length + (spec.htaccess() ? 2 : 1);
  }
}
