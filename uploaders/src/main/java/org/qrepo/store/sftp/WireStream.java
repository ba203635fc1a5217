package org.qrepo.store.sftp;

import java.io.IOException;
import java.io.InputStream;

/** An object being read; its wire is given back when it is closed. */
final class WireStream extends InputStream {
  /** Reading on is quicker than asking anew. */
  private static final long NEAR = 1 << 20;

  private final Wire wire;
  private final Wires wires;
  private final String attempt;
  private final Restart restart;
  private InputStream in;
  private long position;
  private boolean closed;

  /** Opens the same bytes from an offset on. */
  @FunctionalInterface
  interface Restart {
    InputStream at(long offset) throws IOException;
  }

  WireStream(InputStream in, Wire wire, Wires wires, String attempt, Restart restart) {
    this.in = in;
    this.wire = wire;
    this.wires = wires;
    this.attempt = attempt;
    this.restart = restart;
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
      int n = in.read(buffer, offset, length);
      position += Math.max(0, n);
      return n;
    } catch (RemoteException e) {
      throw wires.explain(attempt, e);
    }
  }

  /** Whoever skips much knows that there is so much: what follows is asked for anew. */
  @Override
  public long skip(long n) throws IOException {
    if (n < NEAR) {
      return super.skip(n);
    }
    if (closed) {
      throw new IOException("the stream is closed");
    }
    try {
      in.close();
      in = restart.at(position + n);
    } catch (RemoteException e) {
      throw wires.explain(attempt, e);
    }
    position += n;
    return n;
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
      in.close();
    } catch (RemoteException e) {
      wire.spoil();
    } finally {
      wires.pool().give(wire);
    }
  }
}
