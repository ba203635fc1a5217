package org.qrepo.publish;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.io.Sha256;

/**
 * Copies packages from one store to another as streams. The bytes are those that a signed database
 * names, and the signature is one by an allowed key, or they are refused.
 */
final class PackageCopier {
  private final Store source;
  private final Store destination;
  private final Verifier verifier;
  private final Events events;

  PackageCopier(Store source, Store destination, Verifier verifier, Events events) {
    this.source = source;
    this.destination = destination;
    this.verifier = verifier;
    this.events = events;
  }

  /**
   * Brings one package to the destination, and its signature after it.
   *
   * @param trusted whether the destination's own verified database names the same bytes, so that a
   *     file of the right size is taken for them
   * @return whether anything was written
   */
  boolean copy(DatabaseEntry entry, boolean trusted) throws IOException {
    StoreKey key = new StoreKey(entry.fileName());
    StoreKey signatureKey = Names.signature(key);
    long size = size(entry, key);
    Optional<StoredObject> there = destination.stat(key);
    boolean stored = there.isPresent() && there.get().size() == size;
    if (trusted && stored && destination.stat(signatureKey).isPresent()) {
      return false;
    }
    byte[] signature =
        GenerationReader.signature(source, signatureKey)
            .orElseThrow(() -> missing(signatureKey, entry));
    Set<HashAlgorithm> algorithms = verifier.algorithms(signature);
    Sha256 expected = entry.sha256().isPresent() ? entry.sha256().get() : measure(key);
    Measured blob = new Measured(key, size, expected, algorithms);
    put(blob, there);
    Digests digests = blob.digests();
    if (verifier.verify(signatureKey.value(), signature, digests, Verifier.Form.BINARY)
        instanceof Verifier.Verdict.Bad bad) {
      throw new RefusedException(bad.finding());
    }
    boolean signed = putSignature(signatureKey, signature, digests);
    return there.isEmpty() || signed;
  }

  private long size(DatabaseEntry entry, StoreKey key) throws IOException {
    StoredObject object = source.stat(key).orElseThrow(() -> missing(key, entry));
    if (entry.compressedSize() != 0 && entry.compressedSize() != object.size()) {
      throw altered(
          key, "database  " + entry.compressedSize() + " bytes", object.size() + " bytes");
    }
    return object.size();
  }

  /** Entries without a checksum rest on the package's signature alone. */
  private Sha256 measure(StoreKey key) throws IOException {
    try (Store.Opened opened = source.open(key)) {
      return Digests.of(opened.stream(), Set.of()).sha256();
    }
  }

  private void put(Measured blob, Optional<StoredObject> there) throws IOException {
    try {
      destination.putOnce(blob.key, blob);
    } catch (StoreException e) {
      blob.requireUnaltered();
      if (e.kind() == StoreException.Kind.CONFLICT && there.isPresent()) {
        throw taken(blob, there.get());
      }
      throw e;
    }
    if (there.isEmpty()) {
      events.on(new Event.Transferred(blob.key, blob.size()));
    }
  }

  /** A signature there that clients accept stays, whoever of the allowed made it. */
  private boolean putSignature(StoreKey key, byte[] signature, Digests digests) throws IOException {
    Optional<StoredObject> there = destination.stat(key);
    if (there.isPresent()) {
      Optional<byte[]> bytes = GenerationReader.signature(destination, key);
      if (bytes.isPresent() && isGood(key, bytes.get(), digests)) {
        return false;
      }
      destination.swap(key, there.get().tag(), Blob.of(signature));
    } else {
      destination.putOnce(key, Blob.of(signature));
    }
    events.on(new Event.Transferred(key, signature.length));
    return true;
  }

  private boolean isGood(StoreKey key, byte[] signature, Digests digests) {
    return verifier.algorithms(signature).stream().allMatch(digests::has)
        && verifier.verify(key.value(), signature, digests, Verifier.Form.BINARY)
            instanceof Verifier.Verdict.Good;
  }

  private RefusedException missing(StoreKey key, DatabaseEntry entry) {
    return new RefusedException(
        Finding.of(
            "package-missing",
            key.value(),
            "the database names it, but it is not at " + source.location(),
            "Clients cannot install " + entry.name() + " from there. Publish the package again."));
  }

  private RefusedException altered(StoreKey key, String expected, String found) {
    return new RefusedException(
        Finding.of(
            "package-altered",
            key.value(),
            "its bytes at " + source.location() + " are not those that the signed database names",
            expected,
            "there     " + found,
            "pacman would say: invalid or corrupted package (checksum)"));
  }

  private RefusedException taken(Measured blob, StoredObject there) {
    return new RefusedException(
        Finding.of(
            "package-name-taken",
            blob.key.value(),
            "a file of this name with other bytes is at " + destination.location() + " already",
            "there  " + there.size() + " bytes, " + there.lastModified(),
            "new    " + blob.size() + " bytes, " + blob.sha256(),
            "What is published once never changes. Move the other file away."));
  }

  /** A package of the source, digested as it is read. */
  private final class Measured implements Blob {
    private final StoreKey key;
    private final long size;
    private final Sha256 sha256;
    private final Set<HashAlgorithm> algorithms;
    private Optional<Digests> whole = Optional.empty();

    Measured(StoreKey key, long size, Sha256 sha256, Set<HashAlgorithm> algorithms) {
      this.key = key;
      this.size = size;
      this.sha256 = sha256;
      this.algorithms = algorithms;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public Sha256 sha256() {
      return sha256;
    }

    @Override
    public InputStream open() throws IOException {
      return new DigestingStream(source.open(key).stream(), new Digests(algorithms), this);
    }

    /** Of the bytes that were read last; reads them if the store did not need to. */
    Digests digests() throws IOException {
      if (whole.isEmpty()) {
        try (Store.Opened opened = destination.open(key)) {
          whole = Optional.of(Digests.of(opened.stream(), algorithms));
        }
      }
      requireUnaltered();
      return whole.get();
    }

    void requireUnaltered() {
      if (whole.isPresent() && !whole.get().sha256().equals(sha256)) {
        throw altered(key, "database  " + sha256, whole.get().sha256().hex());
      }
    }
  }

  /** Hands its digests over when the end has been read. */
  private static final class DigestingStream extends FilterInputStream {
    private final Digests digests;
    private final Measured blob;

    DigestingStream(InputStream in, Digests digests, Measured blob) {
      super(in);
      this.digests = digests;
      this.blob = blob;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = super.read(buffer, offset, length);
      if (n >= 0) {
        digests.update(buffer, offset, n);
      } else {
        blob.whole = Optional.of(digests);
      }
      return n;
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    @Override
    public long skip(long n) throws IOException {
      return super.readNBytes((int) Math.min(n, 1 << 16)).length;
    }
  }
}
