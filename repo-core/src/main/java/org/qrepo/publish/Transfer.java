package org.qrepo.publish;

import java.util.Optional;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;

/**
 * A package file and its signature on their way into the store.
 *
 * @param file its name there
 * @param digests of the package, as far as its signature needs them
 * @param signature one that clients accept
 * @param stored whether the store holds the package file
 * @param storedSignature whether the store holds the signature
 * @param rejected the state of a signature in the store that clients would not accept
 */
record Transfer(
    StoreKey file,
    Blob blob,
    Digests digests,
    Blob signature,
    boolean stored,
    boolean storedSignature,
    Optional<Tag> rejected) {

  static Transfer of(Item item, Blob signature) {
    return new Transfer(
        item.file(),
        item.input().file().blob(),
        item.input().file().digests(),
        signature,
        item.stored(),
        item.storedSignature(),
        item.rejected());
  }

  boolean isComplete() {
    return stored && storedSignature;
  }
}
