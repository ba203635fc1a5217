package org.qrepo.rpm;

import java.io.IOException;
import java.io.InputStream;
import org.qrepo.RefusedException;

/**
 * What stands before the payload of a package. The main header agrees with its digests; the payload
 * was not looked at.
 *
 * @param signatures the signature header
 * @param header the main header
 */
public record RpmHeaders(RpmHeader signatures, RpmHeader header) {
  /**
   * Reads them from the start of a package, and no more of it.
   *
   * @param name what messages call it
   * @param size of the whole package in bytes
   * @throws RefusedException if they are damaged
   */
  public static RpmHeaders read(String name, InputStream in, long size) throws IOException {
    try {
      return Front.read(in, size).headers();
    } catch (MalformedRpmException e) {
      throw new RefusedException(e.finding(name));
    }
  }

  /** Where the main header begins in the file. */
  public long contentOffset() {
    return RpmLead.LENGTH + (long) RpmFile.padded(signatures.size());
  }

  /** Where the payload begins in the file. */
  public long payloadOffset() {
    return contentOffset() + header.size();
  }
}
