package org.qrepo.store.dav;

import java.io.IOException;
import java.io.InputStream;

/** The body of an answer, whose failures are told as those of a store. */
final class Incoming extends InputStream {
  private final Calls calls;
  private final String attempt;
  private final InputStream in;

  Incoming(Calls calls, String attempt, InputStream in) {
    this.calls = calls;
    this.attempt = attempt;
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    try {
      return in.read(buffer, offset, length);
    } catch (IOException e) {
      throw calls.explain(attempt, e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
