package org.qrepo.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Output that may go into a pipe. Where its reader has seen enough and closed it, as {@code head}
 * does, the rest is dropped; every other failure stays one.
 */
final class UntilNobodyReads extends FilterOutputStream {
  private static final Pattern PIPE = Pattern.compile("(pipe|socket):.*");

  private final Path descriptor;
  private boolean closed;

  /**
   * @param descriptor the link in {@code /proc} that names what is written to
   */
  UntilNobodyReads(OutputStream out, Path descriptor) {
    super(out);
    this.descriptor = descriptor;
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
      if (!isPipe()) {
        throw e;
      }
      closed = true;
    }
  }

  /** Writing to a pipe fails only where nobody reads; the words of the failure are translated. */
  private boolean isPipe() {
    try {
      return PIPE.matcher(Files.readSymbolicLink(descriptor).toString()).matches();
    } catch (IOException e) {
      return false;
    }
  }
}
