package org.qrepo.rpm;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import org.qrepo.io.Compression;
import org.qrepo.io.CompressionException;

/**
 * Checks what the signature header says of the payload's unpacked size, which no digest covers.
 * What the list of files lets expect is enough; only where that differs is the payload unpacked.
 */
final class PayloadSize {
  private final RpmHeader signatures;
  private final RpmHeader header;

  PayloadSize(RpmHeaders headers) {
    this.signatures = headers.signatures();
    this.header = headers.header();
  }

  /** Opens the payload. */
  @FunctionalInterface
  interface Opener {
    InputStream open() throws IOException;
  }

  void check(Opener payload) throws IOException, MalformedRpmException {
    OptionalLong small = signatures.number(RpmTag.Signature.ARCHIVE_SIZE);
    OptionalLong large = signatures.number(RpmTag.Signature.LONG_ARCHIVE_SIZE);
    for (OptionalLong stated : new OptionalLong[] {small, large}) {
      if (stated.isPresent() && !expected(stated.getAsLong())) {
        measure(payload, stated.getAsLong());
      }
    }
  }

  private boolean expected(long stated) {
    boolean cpio = header.text(RpmTag.PAYLOAD_FORMAT).orElse("cpio").equals("cpio");
    return cpio
        && FileTable.of(header).stream()
            .flatMapToLong(t -> t.payloadSize(header.has(RpmTag.LONG_FILE_SIZES)).stream())
            .anyMatch(size -> size == stated);
  }

  private static void measure(Opener payload, long stated)
      throws IOException, MalformedRpmException {
    try (InputStream in = new BufferedInputStream(payload.open(), 1 << 16)) {
      in.mark(Compression.MAGIC_LENGTH);
      byte[] head = in.readNBytes(Compression.MAGIC_LENGTH);
      in.reset();
      if (Compression.nameOfUnsupported(head).filter(n -> !n.startsWith("cpio")).isPresent()) {
        return;
      }
      if (length(Compression.detect(head).decode(in), stated) != stated) {
        throw SignatureEntries.malformed("states another size of the payload than it has");
      }
    } catch (CompressionException e) {
      throw new MalformedRpmException(
          "rpm-payload", "the payload cannot be unpacked: " + e.getMessage());
    }
  }

  /** To the end, or as soon as there is more than expected. */
  private static long length(InputStream in, long expected) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long length = 0;
    for (int n = in.read(buffer); n >= 0 && length <= expected; n = in.read(buffer)) {
      length += n;
    }
    return length;
  }
}
