package org.qrepo.publish;

import java.io.IOException;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;

/**
 * Looks at the packages that a generation names in their store, and lets through only what clients
 * of that generation accept.
 */
final class StoredPackages {
  private final Store store;
  private final Verifier verifier;
  private final Events events;
  private final String remedy;

  /**
   * @param remedy what findings say of a package that is not whole
   */
  StoredPackages(Store store, Verifier verifier, Events events, String remedy) {
    this.store = store;
    this.verifier = verifier;
    this.events = events;
    this.remedy = remedy;
  }

  /** A package that was read, and verified against its entry and its signature. */
  record Verified(DatabaseEntry entry, Blob blob, Digests digests, Blob signature) {}

  /** Either a package, or why there is none. */
  record Result(Optional<Verified> verified, Optional<Finding> finding) {
    private static Result of(Finding finding) {
      return new Result(Optional.empty(), Optional.of(finding));
    }
  }

  /** What is wrong with a package as far as it shows without reading it. */
  Optional<Finding> look(DatabaseEntry entry) throws StoreException {
    Optional<Finding> finding = lookAtPackage(entry);
    StoreKey signature = Names.signature(new StoreKey(entry.fileName()));
    return finding.isPresent() || store.stat(signature).isPresent()
        ? finding
        : Optional.of(gone(signature));
  }

  /** The same for the package alone, without its signature. */
  Optional<Finding> lookAtPackage(DatabaseEntry entry) throws StoreException {
    StoreKey key = new StoreKey(entry.fileName());
    Optional<StoredObject> there = store.stat(key);
    if (there.isEmpty()) {
      return Optional.of(gone(key));
    }
    return hasSize(entry, there.get())
        ? Optional.empty()
        : Optional.of(otherSize(entry, there.get()));
  }

  /** Reads a package to its last byte. */
  Result read(DatabaseEntry entry) throws IOException {
    StoreKey key = new StoreKey(entry.fileName());
    Optional<byte[]> signature = GenerationReader.signature(store, Names.signature(key));
    try (Store.Opened opened = store.open(key)) {
      if (signature.isEmpty()) {
        return Result.of(gone(Names.signature(key)));
      }
      return hasSize(entry, opened.object())
          ? read(entry, opened, signature.get())
          : Result.of(otherSize(entry, opened.object()));
    } catch (StoreException e) {
      if (e.kind() == StoreException.Kind.ABSENT) {
        return Result.of(gone(key));
      }
      throw e;
    }
  }

  private Result read(DatabaseEntry entry, Store.Opened opened, byte[] signature)
      throws IOException {
    StoreKey key = opened.object().key();
    long size = opened.object().size();
    Digests digests =
        Digests.of(BoundedStream.over(opened.stream(), size), verifier.algorithms(signature));
    events.on(new Event.PackageRead(entry.fileName(), size));
    if (entry.sha256().isPresent() && !entry.sha256().get().equals(digests.sha256())) {
      return Result.of(otherBytes(entry, digests));
    }
    Verifier.Verdict verdict =
        verifier.verify(key + ".sig", signature, digests, Verifier.Form.BINARY);
    if (verdict instanceof Verifier.Verdict.Bad bad) {
      return Result.of(bad.finding());
    }
    Blob blob = new Blob.Measured(size, digests.sha256(), () -> store.open(key).stream());
    return new Result(
        Optional.of(new Verified(entry, blob, digests, Blob.of(signature))), Optional.empty());
  }

  private static boolean hasSize(DatabaseEntry entry, StoredObject there) {
    return entry.compressedSize() == 0 || entry.compressedSize() == there.size();
  }

  private Finding gone(StoreKey key) {
    return Finding.of(
        "package-gone",
        key.value(),
        "is not in the store any more",
        "Looked at " + store.location() + ". A prune takes what no kept generation names.",
        remedy);
  }

  private Finding otherSize(DatabaseEntry entry, StoredObject there) {
    return Finding.of(
        "package-damaged",
        entry.fileName(),
        "its size in the store is not that of the published package",
        "published     " + entry.compressedSize() + " bytes",
        "in the store  " + there.size() + " bytes, " + there.lastModified(),
        remedy);
  }

  private Finding otherBytes(DatabaseEntry entry, Digests digests) {
    return Finding.of(
        "package-damaged",
        entry.fileName(),
        "its bytes in the store are not those that the database names",
        "published     " + entry.sha256().map(Object::toString).orElse("(no SHA-256)"),
        "in the store  " + digests.sha256(),
        remedy);
  }
}
