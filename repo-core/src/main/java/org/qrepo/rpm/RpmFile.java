package org.qrepo.rpm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;
import org.qrepo.RefusedException;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;

/**
 * A package file that was read once from its first byte to its last, all of whose digests and sizes
 * agree with its bytes. A package consists of a lead of 96 bytes, a signature header filled up to a
 * multiple of eight, the main header, and the payload. Only the two headers are kept in memory.
 */
public final class RpmFile {
  private final Path path;
  private final Stamp stamp;
  private final RpmHeaders headers;
  private final Optional<Digests> content;
  private final Optional<Digests> whole;

  RpmFile(
      Path path,
      Stamp stamp,
      RpmHeaders headers,
      Optional<Digests> content,
      Optional<Digests> whole) {
    this.path = path;
    this.stamp = stamp;
    this.headers = headers;
    this.content = content;
    this.whole = whole;
  }

  /** What is digested along the way, besides what the package itself asks for. */
  public interface Wish {
    /** Nothing more. */
    Wish NOTHING = new Wish() {};

    /**
     * Digests of main header and payload together; none if empty.
     *
     * @param signatures the signature header, which is read before
     */
    default Set<HashAlgorithm> content(RpmHeader signatures) {
      return Set.of();
    }

    /** Whether the whole file is digested, with SHA-256. */
    default boolean whole() {
      return false;
    }
  }

  /** By which a file that was exchanged or written to is told. */
  record Stamp(long size, Object modified, Optional<Object> key) {
    static Stamp of(Path path) throws IOException {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return new Stamp(
          attributes.size(),
          attributes.lastModifiedTime(),
          Optional.ofNullable(attributes.fileKey()));
    }
  }

  /**
   * Reads and checks a package.
   *
   * @throws RefusedException if it is none, is damaged, is of format 6, or carries no digest of its
   *     payload
   */
  public static RpmFile read(Path path, Wish wish) throws IOException {
    Stamp stamp = Stamp.of(path);
    try (InputStream in = Files.newInputStream(path)) {
      return new RpmReader(path, stamp, in, wish).read();
    } catch (MalformedRpmException e) {
      throw new RefusedException(e.finding(String.valueOf(path.getFileName())));
    }
  }

  /** Whether a file begins like a package; nothing else of it is looked at. */
  public static boolean looksLikeOne(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      return RpmLead.beginsOne(in.readNBytes(4));
    }
  }

  public Path path() {
    return path;
  }

  public String fileName() {
    return String.valueOf(path.getFileName());
  }

  /** In bytes. */
  public long size() {
    return stamp.size();
  }

  public RpmHeaders headers() {
    return headers;
  }

  /** The signature header. */
  public RpmHeader signatures() {
    return headers.signatures();
  }

  /** The main header. */
  public RpmHeader header() {
    return headers.header();
  }

  /** The digests of main header and payload that were wished for. */
  public Optional<Digests> content() {
    return content;
  }

  /** The digests of the file that were wished for. */
  public Optional<Digests> whole() {
    return whole;
  }

  /** Where the main header begins, and with it what content signatures cover. */
  public long contentOffset() {
    return headers.contentOffset();
  }

  /** Whether the file is still the one that was read. */
  boolean unchanged() throws IOException {
    return Stamp.of(path).equals(stamp);
  }

  /** The length of a signature header with what fills it up. */
  static int padded(int size) {
    return (size + 7) / 8 * 8;
  }
}
