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
 * @param rejected the state of a signature in the store that is to be replaced: clients would not
 *     accept it
 * @param link the state of a link in the package's place that the package itself is to replace
 */
record Transfer(
    StoreKey file,
    Blob blob,
    Digests digests,
    Blob signature,
    boolean stored,
    boolean storedSignature,
    Optional<Tag> rejected,
    Optional<Tag> link) {

  static Transfer of(Item item, Blob signature) {
    return new Transfer(
        item.file(),
        item.read().blob(),
        item.read().digests(),
        signature,
        item.stored(),
        item.storedSignature(),
        item.rejected(),
        item.link());
  }

  boolean isComplete() {
    return stored && storedSignature;
  }
}
