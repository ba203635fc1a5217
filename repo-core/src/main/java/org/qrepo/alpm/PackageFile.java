package org.qrepo.alpm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.Blob;
import org.qrepo.io.Compression;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.io.Sha256;

/**
 * A package that was read from its first byte to its last in one pass: its metadata, file list and
 * digests, and the proof that its archive is whole. Everything here describes the same bytes.
 */
public final class PackageFile {
  private final Path path;
  private final PackageFileName fileName;
  private final long size;
  private final Digests digests;
  private final PackageContent content;

  PackageFile(
      Path path, PackageFileName fileName, long size, Digests digests, PackageContent content) {
    this.path = path;
    this.fileName = fileName;
    this.size = size;
    this.digests = digests;
    this.content = content;
  }

  /**
   * Reads a package file once.
   *
   * @param more digests wanted beside SHA-256, which is always computed
   * @throws RefusedException if it is no regular file, no package, damaged, cut short, changed
   *     while it was read, or clients could not use it
   * @throws IOException if it cannot be read, or this machine cannot unpack its compression
   */
  public static PackageFile read(Path file, Collection<HashAlgorithm> more) throws IOException {
    return new PackageReader(file).read(more);
  }

  /**
   * Reads a package file once, to its end even if its archive cannot be read: for those who want
   * its digests whatever it is.
   *
   * @param more digests wanted beside SHA-256, which is always computed
   * @throws RefusedException if there are no bytes to read: it is no regular file, or has a name
   *     that no client can fetch
   * @throws IOException as {@link #read}
   */
  public static PackageLook look(Path file, Collection<HashAlgorithm> more) throws IOException {
    return new PackageReader(file).look(more);
  }

  public Path path() {
    return path;
  }

  /** The name that the file has. */
  public PackageFileName fileName() {
    return fileName;
  }

  /** Of the file, in bytes. */
  public long size() {
    return size;
  }

  /** Over the bytes of the file. */
  public Digests digests() {
    return digests;
  }

  public Sha256 sha256() {
    return digests.sha256();
  }

  /** Its {@code .PKGINFO}. */
  public PackageInfo info() {
    return content.info();
  }

  /** Its {@code .BUILDINFO}; packages that makepkg made have one. */
  public Optional<BuildInfo> buildInfo() {
    return content.buildInfo();
  }

  public FileList files() {
    return content.files();
  }

  /** Known by content; the file name may say something else. */
  public Compression compression() {
    return content.compression();
  }

  /** Whether it has an {@code .INSTALL} script, which clients run. */
  public boolean hasInstall() {
    return content.hasInstall();
  }

  /** The bytes of the file, to be read again; their reader checks size and digest. */
  public Blob blob() {
    return Blob.of(path, size, sha256());
  }

  /**
   * What is wrong with the file's name, compared with the metadata: nothing if it is name, version
   * and architecture joined by dashes. For a colon in the version some stores have another
   * character, {@code .}, {@code _} or {@code %3A}; clients do not mind.
   */
  public Optional<Finding> nameMismatch() {
    return NameMismatch.find(fileName, info(), compression());
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%s (%s %s, %d bytes)", fileName, info().name(), info().version(), size);
  }
}
