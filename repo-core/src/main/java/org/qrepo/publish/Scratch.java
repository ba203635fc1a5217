package org.qrepo.publish;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;

/** The temporary files of one publish; they go when it is closed. */
final class Scratch implements AutoCloseable {
  private final Path directory;
  private final AtomicInteger count = new AtomicInteger();

  Scratch(Path parent) throws IOException {
    Files.createDirectories(parent);
    directory = Files.createTempDirectory(parent, "qrepo-");
  }

  Path newFile() {
    return directory.resolve(Integer.toString(count.incrementAndGet()));
  }

  /**
   * A stream on disk, with its digests.
   *
   * @param limit the most bytes to take
   * @throws TooLargeException if there are more
   */
  Spooled spool(InputStream in, long limit) throws IOException {
    Path file = newFile();
    Digests digests = new Digests(Set.of());
    long size = 0;
    try (OutputStream out = Files.newOutputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        size += n;
        if (size > limit) {
          throw new TooLargeException(limit);
        }
        digests.update(buffer, 0, n);
        out.write(buffer, 0, n);
      }
    }
    return new Spooled(file, size, digests);
  }

  /** A directory that a cleaner of temporary files has taken is gone, and that is all. */
  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      Files.deleteIfExists(directory);
    }
  }

  /** A file of the scratch directory and its measures. */
  record Spooled(Path file, long size, Digests digests) {
    Blob blob() {
      return Blob.of(file, size, digests.sha256());
    }
  }

  /** A stream was longer than its reader allows. */
  static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLargeException(long limit) {
      super("longer than " + limit + " bytes");
    }
  }
}
