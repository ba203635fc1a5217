package org.qrepo.io;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZInputStream;
import org.tukaani.xz.XZOutputStream;

/**
 * The compressions of packages and databases, known by their first bytes as clients know them, not
 * by file names.
 *
 * <p>A decoder reads all concatenated members, and its end is a proof: every checksum matched,
 * every member was complete, and nothing follows the last. Anything else is a {@link
 * CompressionException}. The memory of a decoder is bounded; how much comes out of it is for its
 * reader to bound.
 */
public enum Compression {
  GZIP(".gz", "1f8b"),
  BZIP2(".bz2", "425a68"),
  XZ(".xz", "fd377a585a00"),
  ZSTD(".zst", "28b52ffd"),
  LZ4(".lz4", "04224d18"),
  NONE("", "");

  /** How many first bytes {@link #detect} and {@link #nameOfUnsupported} want to see. */
  public static final int MAGIC_LENGTH = 16;

  /** A dictionary of 128 MiB, twice that of {@code xz -9}, and what is needed around it. */
  private static final int XZ_MEMORY_KIB = 160 * 1024;

  /** 184D2A50 to 184D2A5F, little-endian: pzstd begins its files with such a frame. */
  private static final Pattern SKIPPABLE_ZSTD_FRAME = Pattern.compile("5.2a4d18");

  private final String suffix;
  private final String magic;

  Compression(String suffix, String magic) {
    this.suffix = suffix;
    this.magic = magic;
  }

  /** What a file name gets after {@code .tar}: {@code .gz}, or nothing. */
  public String suffix() {
    return suffix;
  }

  /** The compression that clients see in a file that starts so; {@link #NONE} if they see none. */
  public static Compression detect(byte[] head) {
    String hex = HexFormat.of().formatHex(head);
    if (SKIPPABLE_ZSTD_FRAME.matcher(hex).lookingAt()) {
      return ZSTD;
    }
    return Arrays.stream(values()).filter(c -> hex.startsWith(c.magic)).findFirst().orElse(NONE);
  }

  /**
   * The name of a compression or archive format that qrepo does not read, if the file starts like
   * one.
   */
  public static Optional<String> nameOfUnsupported(byte[] head) {
    return CompressionUnsupported.nameOf(head);
  }

  /**
   * A stream over what {@code in} holds uncompressed; closing it closes {@code in}. It reads in
   * large pieces.
   *
   * @throws CompressionException if the first bytes are already wrong
   * @throws IOException if {@code in} cannot be read, or this machine lacks the decoder
   */
  public InputStream decode(InputStream in) throws IOException {
    if (this == NONE) {
      return in;
    }
    CompressionSource source = new CompressionSource(new BufferedInputStream(in, 1 << 16));
    return CompressionGuard.open(this, source, () -> decoder(source));
  }

  private InputStream decoder(InputStream in) throws IOException {
    return switch (this) {
      case NONE -> in;
      case GZIP -> new CompressionGzipDecoder(in);
      case BZIP2 -> new BZip2CompressorInputStream(in, true);
      case XZ -> new XZInputStream(in, XZ_MEMORY_KIB);
      case ZSTD -> new CompressionZstdDecoder(in);
      case LZ4 -> new FramedLZ4CompressorInputStream(in, true);
    };
  }

  /**
   * A stream that compresses into {@code out} with the settings that repo-add's compressors have;
   * closing it closes {@code out}. The same bytes in give the same bytes out: no time, no name.
   *
   * @throws IOException if {@code out} cannot be written, or this machine lacks the encoder
   */
  public OutputStream encode(OutputStream out) throws IOException {
    return switch (this) {
      case NONE -> out;
      case GZIP -> new CompressionGzipEncoder(out);
      case BZIP2 -> new BZip2CompressorOutputStream(out);
      case XZ -> new XZOutputStream(out, new LZMA2Options());
      case ZSTD -> CompressionZstdLibrary.encoder(out);
      case LZ4 -> new FramedLZ4CompressorOutputStream(out);
    };
  }
}
