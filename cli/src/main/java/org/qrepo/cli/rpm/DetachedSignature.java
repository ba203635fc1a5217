package org.qrepo.cli.rpm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.qrepo.io.AtomicFile;
import org.qrepo.io.Digests;
import org.qrepo.publish.Signable;
import org.qrepo.publish.Signer;
import org.qrepo.rpm.RpmFile;

/** A {@code .sig} beside an RPM package, for people: dom0 does not look at it. */
final class DetachedSignature implements Signable {
  private final RpmFile file;
  private final Digests digests;

  /**
   * @param file read with its whole content digested
   */
  DetachedSignature(RpmFile file) {
    this.file = file;
    this.digests = file.whole().orElseThrow();
  }

  static Path beside(Path rpm) {
    return rpm.resolveSibling(rpm.getFileName() + ".sig");
  }

  Path write(Signer signer) throws IOException {
    Path target = beside(file.path());
    AtomicFile.write(target, signer.sign(this), PosixFilePermissions.fromString("rw-r--r--"));
    return target;
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
    return Files.newInputStream(file.path());
  }
}
