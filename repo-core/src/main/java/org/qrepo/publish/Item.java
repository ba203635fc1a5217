package org.qrepo.publish;

import java.util.Optional;
import org.qrepo.database.DatabaseEntry;

/**
 * What is to become of one package of the change.
 *
 * @param file its name in the store
 * @param published its entry, if the live database names these bytes already
 * @param stored whether the store holds the package file
 * @param signature one that clients accept, from beside the input or from the store; empty: to be
 *     made
 * @param storedSignature whether the store holds that signature
 * @param rejected the state of a signature in the store that clients would not accept
 */
record Item(
    Input input,
    StoreKey file,
    Optional<DatabaseEntry> published,
    boolean stored,
    Optional<byte[]> signature,
    boolean storedSignature,
    Optional<Tag> rejected) {

  boolean isComplete() {
    return published.isPresent() && stored && storedSignature;
  }
}
