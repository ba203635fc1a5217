package org.qrepo.publish;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;

/**
 * Reads a public site, never much more than is expected there, and tells the site's failures from
 * those of this machine.
 */
final class SiteReader {
  private final PublicSite site;
  private final AtomicLong bytes = new AtomicLong();

  SiteReader(PublicSite site) {
    this.site = site;
  }

  /** How much was read from it so far. */
  long bytes() {
    return bytes.get();
  }

  /** The site did not answer as a site should, or broke off. */
  static final class SiteException extends IOException {
    private static final long serialVersionUID = 1L;

    SiteException(IOException cause) {
      super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
    }
  }

  /** A database, on disk; empty if it is not there. */
  Optional<Scratch.Spooled> database(String path, Scratch scratch) throws IOException {
    return read(path, in -> GenerationReader.fetchDatabase(in, path, scratch));
  }

  /** A signature, cut where it is longer than any may be; empty if it is not there. */
  Optional<byte[]> signature(String path) throws IOException {
    return read(path, GenerationReader::signatureBytes);
  }

  /**
   * Digests of what is there, or of its beginning if that is longer than expected; empty if nothing
   * is there.
   *
   * @param expected how many bytes are expected at most
   */
  Optional<Digests> digests(String path, long expected, Collection<HashAlgorithm> more)
      throws IOException {
    return read(path, in -> Digests.of(BoundedStream.over(in, expected), more));
  }

  /**
   * What is there, cut at one byte over the limit; empty if nothing is there.
   *
   * @param most bytes that are expected
   */
  Optional<byte[]> bytes(String path, int most) throws IOException {
    return read(path, in -> in.readNBytes(most + 1));
  }

  /** What is done with an answer. */
  @FunctionalInterface
  private interface Use<T> {
    T of(InputStream in) throws IOException;
  }

  private <T> Optional<T> read(String path, Use<T> use) throws IOException {
    Optional<PublicSite.Fetched> fetched;
    try {
      fetched = site.fetch(path);
    } catch (IOException e) {
      throw failure(e);
    }
    if (fetched.isEmpty()) {
      return Optional.empty();
    }
    try (PublicSite.Fetched open = fetched.get()) {
      return Optional.of(use.of(new Answer(open.stream())));
    }
  }

  private static IOException failure(IOException e) {
    return Thread.currentThread().isInterrupted() ? e : new SiteException(e);
  }

  /** The bytes of an answer, which the site may break off. */
  private final class Answer extends FilterInputStream {
    Answer(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      try {
        int b = super.read();
        bytes.addAndGet(b < 0 ? 0 : 1);
        return b;
      } catch (IOException e) {
        throw failure(e);
      }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        int n = super.read(buffer, offset, length);
        bytes.addAndGet(Math.max(n, 0));
        return n;
      } catch (IOException e) {
        throw failure(e);
      }
    }
  }
}
