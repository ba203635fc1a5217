package org.qrepo.publish;

import org.qrepo.database.Database;
import org.qrepo.database.Lineage;
import org.qrepo.io.Sha256;

/**
 * A verified state of a repository.
 *
 * @param digest of its database file
 * @param lineage its place in the chain, under the database's signature
 * @param signer the certificate that signed the database
 * @param size of its database file, in bytes
 */
public record Generation(
    Sha256 digest, long size, Lineage lineage, Database database, Fingerprint signer) {
  public GenerationId id() {
    return GenerationId.of(digest);
  }

  public long sequence() {
    return lineage.seq();
  }
}
