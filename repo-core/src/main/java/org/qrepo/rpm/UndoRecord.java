package org.qrepo.rpm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.AtomicFile;
import org.qrepo.io.HashAlgorithm;

/**
 * What a signature header was before it is overwritten, kept beside the package until that is done.
 *
 * <p>The file: a line that names the format; the package's size and the length of its signature
 * header, eight and four bytes; the SHA-256 of its main header; the SHA-256 of the new signature
 * header; the old signature header; the SHA-256 of all of this.
 *
 * @param size of the package, in bytes
 * @param header SHA-256 of the main header, which tells packages apart
 * @param after SHA-256 of the new signature header
 * @param before the old signature header
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record UndoRecord(long size, byte[] header, byte[] after, byte[] before) {
  private static final byte[] FORMAT = "qrepo-undo/1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int HASH = 32;
  private static final int FIXED = FORMAT.length + 8 + 4 + 2 * HASH;

  static Path beside(Path rpm) {
    return rpm.resolveSibling("." + rpm.getFileName() + ".qrepo-undo");
  }

  static UndoRecord of(RpmFile file, byte[] before, SignatureBlock block) {
    return new UndoRecord(file.size(), sha256(file.header().raw()), sha256(block.bytes()), before);
  }

  static byte[] sha256(byte[] bytes) {
    return HashAlgorithm.SHA256.newDigest().digest(bytes);
  }

  void write(Path file) throws IOException {
    AtomicFile.write(file, encoded(), PosixFilePermissions.fromString("rw-------"));
  }

  private byte[] encoded() {
    ByteBuffer out = ByteBuffer.allocate(FIXED + before.length + HASH);
    out.put(FORMAT).putLong(size).putInt(before.length).put(header).put(after).put(before);
    return out.put(sha256(Arrays.copyOf(out.array(), out.position()))).array();
  }

  /** Empty if there is none. */
  static Optional<UndoRecord> read(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(FIXED + HeaderKind.SIGNATURE.most() + 8 + HASH + 1);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    int end = bytes.length - HASH;
    boolean whole =
        end >= FIXED
            && Arrays.equals(bytes, 0, FORMAT.length, FORMAT, 0, FORMAT.length)
            && Arrays.equals(
                sha256(Arrays.copyOf(bytes, end)), Arrays.copyOfRange(bytes, end, bytes.length));
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (!whole || in.position(FORMAT.length).getInt(FORMAT.length + 8) != end - FIXED) {
      throw useless(file, "is damaged");
    }
    long size = in.getLong();
    in.getInt();
    return Optional.of(new UndoRecord(size, next(in, HASH), next(in, HASH), next(in, end - FIXED)));
  }

  private static byte[] next(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  static RefusedException useless(Path file, String why) {
    return new RefusedException(
        Finding.of(
            "rpm-undo-useless",
            String.valueOf(file.getFileName()),
            "this record of an interrupted signing " + why,
            "The package beside it may have a half-written signature header and cannot be restored from it.",
            "Fetch or build the package again, then delete the record."));
  }
}
