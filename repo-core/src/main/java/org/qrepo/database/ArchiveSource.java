package org.qrepo.database;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Optional;
import org.qrepo.RefusedException;
import org.qrepo.io.Blob;
import org.qrepo.io.Compression;
import org.qrepo.io.CompressionException;

/**
 * The bytes of a database archive: counted as they come, decompressed, and counted again. Its
 * failures are of two kinds: {@link RefusedException} if the bytes are bad, {@link IOException} if
 * they could not be had.
 */
final class ArchiveSource implements Closeable {
  private final Subject subject;
  private final ReadLimits limits;
  private final PushbackInputStream compressed;
  private final InputStream expanded;
  private long compressedCount;
  private long expandedCount;

  /** Opens the source; its bytes are looked at when the first is asked for. */
  ArchiveSource(Blob.Opener source, Subject subject, ReadLimits limits) throws IOException {
    this.subject = subject;
    this.limits = limits;
    this.compressed =
        new PushbackInputStream(new Compressed(source.open()), Compression.MAGIC_LENGTH);
    this.expanded = new BufferedInputStream(new Expanded(), 1 << 16);
  }

  /** The archive, decompressed and bounded. */
  InputStream stream() {
    return expanded;
  }

  @Override
  public void close() throws IOException {
    try {
      expanded.close();
    } finally {
      compressed.close();
    }
  }

  private InputStream decoder() throws IOException {
    byte[] head = compressed.readNBytes(Compression.MAGIC_LENGTH);
    compressed.unread(head);
    if (head.length == 0) {
      throw subject.refuse(
          "database-empty-file",
          "the file has no bytes",
          "an empty database is not an empty file: something went wrong when it was written",
          "restore the last good generation");
    }
    return Compression.detect(head).decode(compressed);
  }

  /** A failure of the bytes becomes a refusal; others are returned. */
  private IOException translate(IOException failure) {
    if (failure instanceof TooManyBytes) {
      throw tooLarge("it has more than " + limits.compressedBytes() + " bytes");
    }
    if (!(failure instanceof CompressionException bad)) {
      return failure;
    }
    throw switch (bad.kind()) {
      case TRUNCATED ->
          subject.refuse(
              "database-truncated",
              "the file ends early: " + bad.getMessage(),
              "clients would see only part of the repository",
              "fetch it again, or restore the last good generation");
      case DAMAGED ->
          subject.refuse(
              "database-damaged",
              "the file is damaged: " + bad.getMessage(),
              "fetch it again, or restore the last good generation");
      case TOO_LARGE -> tooLarge(String.valueOf(bad.getMessage()));
    };
  }

  private RefusedException tooLarge(String reason) {
    return subject.refuse(
        "database-too-large",
        "too large for a database: " + reason,
        "clients download no database above 128 MiB; what expands without end is an attack");
  }

  private void countExpanded(int n) {
    expandedCount += n;
    if (expandedCount > limits.expandedBytes()) {
      throw tooLarge("it expands to more than " + limits.expandedBytes() + " bytes");
    }
    if (expandedCount > ReadLimits.FREE_EXPANSION
        && expandedCount / limits.ratio() > compressedCount) {
      throw tooLarge("it expands to more than " + limits.ratio() + " times its size");
    }
  }

  /** More bytes came than are taken. Decoders let it through, as any failure of their source. */
  private static final class TooManyBytes extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** Counts what is fetched. */
  private final class Compressed extends InputStream {
    private final InputStream in;

    Compressed(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = in.read(bytes, offset, length);
      compressedCount += Math.max(n, 0);
      if (compressedCount > limits.compressedBytes()) {
        throw new TooManyBytes();
      }
      return n;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  /** Counts what came out, and tells bad bytes from bad disks. */
  private final class Expanded extends InputStream {
    private Optional<InputStream> in = Optional.empty();

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        InputStream decoded = in.isPresent() ? in.get() : decoder();
        in = Optional.of(decoded);
        int n = decoded.read(bytes, offset, length);
        countExpanded(Math.max(n, 0));
        return n;
      } catch (IOException e) {
        throw translate(e);
      }
    }

    @Override
    public void close() throws IOException {
      if (in.isPresent()) {
        in.get().close();
      }
    }
  }
}
