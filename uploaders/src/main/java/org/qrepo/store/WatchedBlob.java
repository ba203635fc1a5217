package org.qrepo.store;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.qrepo.io.Blob;
import org.qrepo.io.Sha256;

/** A blob of which is known whether its source failed. */
final class WatchedBlob implements Blob {
  private final Blob blob;
  private volatile boolean failed;

  WatchedBlob(Blob blob) {
    this.blob = blob;
  }

  boolean hasFailed() {
    return failed;
  }

  @Override
  public long size() {
    return blob.size();
  }

  @Override
  public Sha256 sha256() {
    return blob.sha256();
  }

  @Override
  public InputStream open() throws IOException {
    try {
      return new Watched(blob.open());
    } catch (IOException | RuntimeException e) {
      failed = true;
      throw e;
    }
  }

  private final class Watched extends FilterInputStream {
    Watched(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      try {
        return super.read();
      } catch (IOException | RuntimeException e) {
        failed = true;
        throw e;
      }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return super.read(buffer, offset, length);
      } catch (IOException | RuntimeException e) {
        failed = true;
        throw e;
      }
    }
  }
}
