package org.qrepo.alpm;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.CompressionException;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;

/** Reads one package file: looks at the file, hashes its bytes as its archive is walked through. */
final class PackageReader {
  private final Path file;
  private final String subject;

  PackageReader(Path file) {
    this.file = file;
    this.subject = String.valueOf(file.getFileName());
  }

  PackageFile read(Collection<HashAlgorithm> more) throws IOException {
    BasicFileAttributes before = attributes();
    requireRegularFile(before);
    PackageFileName name = name();
    Digests digests = new Digests(more);
    try (SeekableByteChannel channel =
            Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        HashedInput in = new HashedInput(Channels.newInputStream(channel), digests)) {
      PackageContent content = content(subject, in);
      requireUnchanged(before, in.count());
      return new PackageFile(file, name, in.count(), digests, content);
    }
  }

  PackageLook look(Collection<HashAlgorithm> more) throws IOException {
    BasicFileAttributes before = attributes();
    requireRegularFile(before);
    PackageFileName name = name();
    Digests digests = new Digests(more);
    try (SeekableByteChannel channel =
            Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        HashedInput in = new HashedInput(Channels.newInputStream(channel), digests)) {
      try {
        PackageContent content = content(subject, new UnclosedInput(in));
        requireUnchanged(before, in.count());
        PackageFile read = new PackageFile(file, name, in.count(), digests, content);
        return new PackageLook(digests, Optional.of(read), List.of());
      } catch (RefusedException e) {
        in.transferTo(OutputStream.nullOutputStream());
        return new PackageLook(digests, Optional.empty(), e.findings());
      }
    }
  }

  /**
   * Walks through a package.
   *
   * @param subject what findings call it
   */
  static PackageContent content(String subject, InputStream in) throws IOException {
    try {
      return new PackageWalk(subject, in).run();
    } catch (ArchiveException e) {
      throw new RefusedException(e.finding(subject));
    } catch (CompressionException e) {
      throw new RefusedException(finding(subject, e));
    }
  }

  private static Finding finding(String subject, CompressionException e) {
    String reason = String.valueOf(e.getMessage());
    return switch (e.kind()) {
      case TRUNCATED ->
          Finding.of(
              ArchiveException.TRUNCATED,
              subject,
              "archive is cut short: " + reason,
              "build or copy the package again");
      case DAMAGED ->
          Finding.of(ArchiveException.DAMAGED, subject, reason, "build or copy the package again");
      case TOO_LARGE ->
          Finding.of(
              ArchiveException.TOO_LARGE,
              subject,
              reason,
              "compress it with the defaults of makepkg");
    };
  }

  private BasicFileAttributes attributes() throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      throw new RefusedException(
          Finding.of("package-missing", file.toString(), "there is no such file"));
    }
  }

  private void requireRegularFile(BasicFileAttributes attributes) {
    if (attributes.isRegularFile()) {
      return;
    }
    String kind =
        attributes.isDirectory()
            ? "a directory"
            : attributes.isSymbolicLink() ? "a symbolic link" : "a device, pipe or socket";
    throw new RefusedException(
        Finding.of(
            "package-not-a-file",
            subject,
            "is " + kind + ", not a file",
            "name the package file itself"));
  }

  private PackageFileName name() {
    try {
      return new PackageFileName(subject);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(
          Finding.of("package-file-name", subject, String.valueOf(e.getMessage())));
    }
  }

  private void requireUnchanged(BasicFileAttributes before, long read) throws IOException {
    BasicFileAttributes after = attributes();
    boolean same =
        after.size() == before.size()
            && read == before.size()
            && after.lastModifiedTime().equals(before.lastModifiedTime())
            && Objects.equals(after.fileKey(), before.fileKey());
    if (!same) {
      throw changed(subject);
    }
  }

  static RefusedException changed(String subject) {
    return new RefusedException(
        Finding.of(
            "package-changed",
            subject,
            "changed while it was read",
            "wait until whatever writes it has finished"));
  }

  /** Stays open when the archive is given up, for the rest of the bytes. */
  private static final class UnclosedInput extends FilterInputStream {
    UnclosedInput(InputStream in) {
      super(in);
    }

    @Override
    public void close() {
      // the file is closed by whoever opened it
    }
  }
}
