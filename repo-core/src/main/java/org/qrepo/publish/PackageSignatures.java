package org.qrepo.publish;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import org.qrepo.alpm.PackageFile;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;

/**
 * Judges the signature of a package that has been read before, reading it again only for another
 * digest.
 */
final class PackageSignatures {
  private PackageSignatures() {}

  static boolean isGood(Verifier verifier, PackageFile file, byte[] signature) throws IOException {
    return isGood(verifier, file.fileName().value(), file.digests(), file.blob(), signature);
  }

  /**
   * @param known digests of the package, of which the signature may need others
   */
  static boolean isGood(Verifier verifier, String file, Digests known, Blob blob, byte[] signature)
      throws IOException {
    Digests digests = digests(verifier.algorithms(signature), known, blob);
    return verifier.verify(file + ".sig", signature, digests, Verifier.Form.BINARY)
        instanceof Verifier.Verdict.Good;
  }

  private static Digests digests(Set<HashAlgorithm> wanted, Digests known, Blob blob)
      throws IOException {
    if (wanted.stream().allMatch(known::has)) {
      return known;
    }
    try (InputStream in = blob.open()) {
      return Digests.of(in, wanted);
    }
  }
}
