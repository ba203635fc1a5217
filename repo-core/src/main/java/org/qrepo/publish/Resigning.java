package org.qrepo.publish;

import java.util.Set;

/**
 * Signs anew what keys signed that are to go: the signatures of packages that the live generation
 * names, and a new generation with the same entries. Clients that trust both keys install at every
 * moment; the packages are read in the store, and must be those that the database names.
 *
 * @param leaving the certificates whose signatures are replaced; one at least. The signer is none
 *     of them
 */
public record Resigning(Set<Fingerprint> leaving) implements Intent {
  /**
   * @throws IllegalArgumentException if no key is to go
   */
  public Resigning {
    leaving = Set.copyOf(leaving);
    if (leaving.isEmpty()) {
      throw new IllegalArgumentException("no key is to go");
    }
  }
}
