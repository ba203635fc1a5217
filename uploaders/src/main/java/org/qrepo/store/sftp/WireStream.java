package org.qrepo.store.sftp;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** An object being read; its wire is given back when it is closed. */
final class WireStream extends FilterInputStream {
  private final Wire wire;
  private final Wires wires;
  private final String attempt;
  private boolean closed;

  WireStream(InputStream in, Wire wire, Wires wires, String attempt) {
    super(in);
    this.wire = wire;
    this.wires = wires;
    this.attempt = attempt;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (closed) {
      throw new IOException("the stream is closed");
    }
    try {
      return super.read(buffer, offset, length);
    } catch (RemoteException e) {
      throw wires.explain(attempt, e);
    }
  }

  @Override
  public long skip(long n) throws IOException {
    long skipped = 0;
    byte[] buffer = new byte[1 << 13];
    while (skipped < n) {
      int got = read(buffer, 0, (int) Math.min(buffer.length, n - skipped));
      if (got < 0) {
        break;
      }
      skipped += got;
    }
    return skipped;
  }

  @Override
  public int available() {
    return 0;
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      super.close();
    } catch (RemoteException e) {
      wire.spoil();
    } finally {
      wires.pool().give(wire);
    }
  }
}
