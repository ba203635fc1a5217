package org.qrepo.store.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Clients do not look into a body that has no bytes. */
final class SourceCheck {
  private SourceCheck() {}

  /**
   * Opens and closes it once.
   *
   * @throws UncheckedIOException if it is not empty, or not there; the body knows why
   */
  static void requireEmpty(Body body) {
    try (InputStream in = body.newStream()) {
      if (in.read() >= 0) {
        throw new IllegalStateException("a body of no bytes has bytes");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
