package org.qrepo.alpm;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.Compression;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;

/**
 * A package that was read from its first byte to its last in one pass, wherever it lies: its
 * metadata, file list and digests, and the proof that its archive is whole.
 *
 * @param fileName under which it is fetched
 * @param size of the file in bytes
 * @param digests over the bytes of the file
 */
public record StreamedPackage(
    PackageFileName fileName,
    PackageInfo info,
    FileList files,
    Compression compression,
    long size,
    Digests digests) {

  /**
   * Reads a package once; the stream is left open.
   *
   * @param size that the place where it lies gives, in bytes
   * @param more digests wanted beside SHA-256, which is always computed
   * @throws RefusedException if it is no package, damaged, cut short, not of this size, or clients
   *     could not use it
   * @throws IOException if it cannot be read, or this machine cannot unpack its compression
   */
  public static StreamedPackage read(
      PackageFileName fileName, InputStream in, long size, Collection<HashAlgorithm> more)
      throws IOException {
    Digests digests = new Digests(more);
    // Not closed: the stream is the caller's.
    HashedInput hashed = new HashedInput(in, digests);
    PackageContent content = PackageReader.content(fileName.value(), hashed);
    if (hashed.count() != size) {
      throw PackageReader.changed(fileName.value());
    }
    return new StreamedPackage(
        fileName, content.info(), content.files(), content.compression(), size, digests);
  }

  /** What is wrong with the file's name, as {@link PackageFile#nameMismatch} finds it. */
  public Optional<Finding> nameMismatch() {
    return NameMismatch.find(fileName, info, compression);
  }
}
