package org.qrepo.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;

/**
 * Output that may go into a pipe. Where its reader has seen enough and closed it, as {@code head}
 * does, the rest is dropped; every other failure stays one.
 */
final class UntilNobodyReads extends FilterOutputStream {
  private boolean closed;

  UntilNobodyReads(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (closed) {
      return;
    }
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      if (!isBrokenPipe(e)) {
        throw e;
      }
      closed = true;
    }
  }

  private static boolean isBrokenPipe(IOException e) {
    return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
  }
}
