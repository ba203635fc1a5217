package org.qrepo.publish;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import org.qrepo.alpm.PackageFile;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;

/**
 * Judges the signature of a package that has been read before, reading it again only for another
 * digest.
 */
final class PackageSignatures {
  private PackageSignatures() {}

  static boolean isGood(Verifier verifier, PackageFile file, byte[] signature) throws IOException {
    return verifier.verify(
            file.fileName().value() + ".sig",
            signature,
            digests(verifier.algorithms(signature), file),
            Verifier.Form.BINARY)
        instanceof Verifier.Verdict.Good;
  }

  private static Digests digests(Set<HashAlgorithm> wanted, PackageFile file) throws IOException {
    if (wanted.stream().allMatch(file.digests()::has)) {
      return file.digests();
    }
    try (InputStream in = file.blob().open()) {
      return Digests.of(in, wanted);
    }
  }
}
