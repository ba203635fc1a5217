package org.qrepo.sign.rpm;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Set;
import org.qrepo.io.Digests;
import org.qrepo.publish.Signable;
import org.qrepo.rpm.RpmFile;

/** The main header of a package: the few kilobytes that a header signature is made over. */
final class HeaderToSign implements Signable {
  private final String name;
  private final byte[] bytes;
  private final Digests digests;

  HeaderToSign(RpmFile file) {
    this.name = file.fileName();
    this.bytes = file.header().bytes();
    this.digests = Digests.of(bytes, Set.of());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Digests digests() {
    return digests;
  }

  @Override
  public InputStream open() {
    return new ByteArrayInputStream(bytes);
  }
}
