package org.qrepo.rpm;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.qrepo.RefusedException;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;

/**
 * A package that was read once from a stream, from a store say: its headers and payload agree with
 * their digests.
 *
 * @param digest of the whole file
 */
public record StreamedRpm(RpmHeaders headers, Sha256 digest) {
  /**
   * Reads a package to its end.
   *
   * @param name what messages call it
   * @param size of the file, in bytes
   * @throws RefusedException if it is none, is damaged, or carries no digest of its payload
   */
  public static StreamedRpm read(String name, InputStream in, long size) throws IOException {
    try {
      Digests whole = new Digests();
      Front front = Front.read(new Digesting(in, whole), size);
      RpmReader.checkPayload(front.headers().header(), new Digesting(in, whole));
      return new StreamedRpm(front.headers(), whole.sha256());
    } catch (MalformedRpmException e) {
      throw new RefusedException(e.finding(name));
    }
  }

  /** Shows what is read to digests. */
  private static final class Digesting extends FilterInputStream {
    private final Digests digests;

    Digesting(InputStream in, Digests digests) {
      super(in);
      this.digests = digests;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = super.read(bytes, offset, length);
      if (n > 0) {
        digests.update(bytes, offset, n);
      }
      return n;
    }
  }
}
