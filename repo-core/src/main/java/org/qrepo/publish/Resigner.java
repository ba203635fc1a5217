package org.qrepo.publish;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;

/**
 * Signs packages anew that lie in the store. Each is read once and must have the bytes that the
 * signed database names; its signature is made of the digest where the signer can. However often a
 * publish starts over, a package is read and signed once.
 */
final class Resigner {
  private final Store store;
  private final Verifier verifier;
  private final Events events;
  private final Map<StoreKey, Signed> made = new ConcurrentHashMap<>();

  Resigner(Store store, Verifier verifier, Events events) {
    this.store = store;
    this.verifier = verifier;
    this.events = events;
  }

  private record Signed(Stored stored, Blob signature) {}

  /** A package in the store that has been read. */
  private record Stored(Store store, StoreKey file, long size, Digests digests)
      implements Signable {
    @Override
    public String name() {
      return file.value();
    }

    @Override
    public InputStream open() throws IOException {
      return BoundedStream.over(store.open(file).stream(), size);
    }
  }

  /**
   * New signatures in the place of the old ones.
   *
   * @throws RefusedException if a package is not the one that the database names
   */
  List<Transfer> sign(List<Renewal> renewals, Signer signer, Workers workers) throws IOException {
    long start = System.nanoTime();
    List<Renewal> unread =
        renewals.stream().filter(r -> !made.containsKey(r.file())).distinct().toList();
    long bytes = unread.stream().mapToLong(Renewal::size).sum();
    events.on(new Event.Reading(unread.size(), bytes));
    List<Stored> read = workers.map(unread, this::read);
    events.on(new Event.AllRead(unread.size(), bytes, System.nanoTime() - start));
    workers.map(
        read,
        stored -> {
          made.put(stored.file(), new Signed(stored, Blob.of(signer.sign(stored))));
          events.on(new Event.Signed(stored.name()));
          return stored;
        });
    return renewals.stream().map(this::transfer).toList();
  }

  private Stored read(Renewal renewal) throws IOException {
    Set<HashAlgorithm> wanted = new HashSet<>();
    GenerationReader.signature(store, Names.signature(renewal.file()))
        .ifPresent(old -> wanted.addAll(verifier.algorithms(old)));
    try (Store.Opened opened = store.open(renewal.file())) {
      Digests digests = Digests.of(BoundedStream.over(opened.stream(), renewal.size()), wanted);
      events.on(new Event.PackageRead(renewal.file().value(), renewal.size()));
      if (!digests.sha256().equals(renewal.digest())) {
        throw new RefusedException(otherBytes(renewal, digests));
      }
      return new Stored(store, renewal.file(), renewal.size(), digests);
    }
  }

  private Finding otherBytes(Renewal renewal, Digests digests) {
    return Finding.of(
        "package-damaged",
        renewal.file().value(),
        "its bytes in the store are not those that the database names",
        "published     " + renewal.digest(),
        "in the store  " + digests.sha256(),
        "It gets no signature. Publish the package anew, or remove it.");
  }

  private Transfer transfer(Renewal renewal) {
    Signed signed = made.get(renewal.file());
    if (signed == null) {
      throw new IllegalStateException("no signature for " + renewal.file());
    }
    Blob blob =
        new Blob.Measured(
            renewal.size(), renewal.digest(), () -> store.open(renewal.file()).stream());
    return new Transfer(
        renewal.file(),
        blob,
        signed.stored().digests(),
        signed.signature(),
        true,
        false,
        renewal.signature(),
        Optional.empty());
  }
}
