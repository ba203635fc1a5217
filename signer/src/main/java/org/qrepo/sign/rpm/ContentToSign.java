package org.qrepo.sign.rpm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.io.Digests;
import org.qrepo.publish.Signable;
import org.qrepo.publish.SigningException;
import org.qrepo.rpm.RpmFile;

/** Main header and payload of a package, digested when it was read. */
final class ContentToSign implements Signable {
  private final RpmFile file;
  private final Digests digests;

  ContentToSign(RpmFile file) {
    this.file = file;
    Optional<Digests> content = file.content();
    this.digests =
        content.orElseThrow(
            () ->
                new SigningException(
                    Finding.of(
                        "rpm-not-digested", file.fileName(), "its content was not digested")));
  }

  @Override
  public String name() {
    return file.fileName();
  }

  @Override
  public Digests digests() {
    return digests;
  }

  @Override
  public InputStream open() throws IOException {
    InputStream in = Files.newInputStream(file.path());
    try {
      in.skipNBytes(file.contentOffset());
      return in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }
}
