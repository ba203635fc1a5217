package org.qrepo.publish;

import java.util.Optional;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.io.Sha256;

/**
 * A package in the store whose signature is to be replaced.
 *
 * @param size of the package in the store, in bytes
 * @param digest what the database says of its bytes
 * @param signature the state of the signature that is to be replaced; empty if there is none
 */
record Renewal(
    DatabaseEntry entry, StoreKey file, long size, Sha256 digest, Optional<Tag> signature) {}
