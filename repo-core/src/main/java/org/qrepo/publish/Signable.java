package org.qrepo.publish;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
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

  /**
   * A few bytes that are at hand.
   *
   * @param name what messages call them
   */
  static Signable of(String name, byte[] bytes) {
    byte[] copy = bytes.clone();
    Digests digests = Digests.of(copy, Set.of());
    return new Signable() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Digests digests() {
        return digests;
      }

      @Override
      public InputStream open() {
        return new ByteArrayInputStream(copy);
      }
    };
  }
}
