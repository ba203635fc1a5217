package org.qrepo.publish;

import java.util.Optional;
import org.qrepo.database.DatabaseEntry;

/**
 * What is to become of one package of the change.
 *
 * @param read the package
 * @param file its name in the store
 * @param published its entry, if the live database names these bytes already
 * @param stored whether the store holds the package file
 * @param signature one that clients accept, from beside the input or from the store; empty: to be
 *     made
 * @param storedSignature whether the store holds that signature
 * @param rejected the state of a signature in the store that is to be replaced: clients would not
 *     accept it
 * @param link the state of a link in the package's place that the package itself is to replace
 */
record Item(
    ReadPackage read,
    StoreKey file,
    Optional<DatabaseEntry> published,
    boolean stored,
    Optional<byte[]> signature,
    boolean storedSignature,
    Optional<Tag> rejected,
    Optional<Tag> link) {

  boolean isComplete() {
    return published.isPresent() && stored && storedSignature;
  }
}
