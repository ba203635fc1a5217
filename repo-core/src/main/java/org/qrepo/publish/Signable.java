package org.qrepo.publish;

import java.io.IOException;
import java.io.InputStream;
import org.qrepo.io.Digests;

/**
 * Something to sign: backends with the key at hand use its running digest, others read its bytes.
 */
public interface Signable {
  /** What messages call it. */
  String name();

  /** Holds at least SHA-256, computed when the bytes were first read. */
  Digests digests();

  /** The same bytes again, for backends that hash for themselves. */
  InputStream open() throws IOException;
}
