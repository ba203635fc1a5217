package org.qrepo.sign.openpgp;

import org.qrepo.io.HashAlgorithm;

/** The secret numbers of a key. Safe for use by several threads. */
public interface PrivateKey {
  /** The numbers of a signature over a digest, as they stand in the packet. */
  byte[] sign(HashAlgorithm hash, byte[] digest);
}
