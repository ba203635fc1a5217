package org.qrepo.io;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Bytes of known length and digest that can be read again, so that a repeated write never sends
 * half.
 */
public interface Blob {
  /** In bytes. */
  long size();

  Sha256 sha256();

  /** A new stream over all bytes; the caller closes it. */
  InputStream open() throws IOException;

  static Blob of(byte[] bytes) {
    byte[] copy = bytes.clone();
    return new Measured(
        copy.length,
        Digests.of(copy, java.util.Set.of()).sha256(),
        () -> new ByteArrayInputStream(copy));
  }

  /** A file whose size and digest were measured before; a store checks both as it reads. */
  static Blob of(Path file, long size, Sha256 sha256) {
    return new Measured(size, sha256, () -> Files.newInputStream(file));
  }

  /** Opens a stream over a blob's bytes. */
  @FunctionalInterface
  interface Opener {
    InputStream open() throws IOException;
  }

  /** A blob whose measures are known. */
  record Measured(long size, Sha256 sha256, Opener opener) implements Blob {
    @Override
    public InputStream open() throws IOException {
      return opener.open();
    }
  }
}
