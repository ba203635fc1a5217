package org.qrepo.tar;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Writes a tar archive whose bytes depend on its members alone: ustar, with a pax header only where
 * a path does not fit, owned by root, padded to records of 10240 bytes. It is written here rather
 * than by a library so that an update of the library cannot change the bytes. Times are seconds
 * since 1970; what a header cannot hold is cut to what it can. Sources as for {@link TarReader}.
 */
public final class TarWriter {
  /** The largest number that the eleven octal digits of a size or time hold. */
  public static final long MAX_NUMBER = 077777777777L;

  private static final int RECORD = 20 * TarHeader.BLOCK;
  private static final byte[] ZEROS = new byte[RECORD];

  private final OutputStream out;
  private final byte[] buffer = new byte[1 << 15];
  private long written;

  /** The stream is left open. */
  public TarWriter(OutputStream out) {
    this.out = out;
  }

  /** A comment on the whole archive; clients read past it. */
  public void comment(String text, long mtime) throws IOException {
    pax('g', PaxRecords.format("comment", text), timeOf(mtime));
  }

  /**
   * Adds a directory with the mode 0755.
   *
   * @param path ends in a slash
   */
  public void directory(String path, long mtime) throws IOException {
    header('5', path, 0755, 0, mtime);
  }

  /**
   * Adds a file.
   *
   * @param mode permission bits: 0644, 0755
   */
  public void file(String path, int mode, byte[] content, long mtime) throws IOException {
    file(path, mode, content.length, new ByteArrayInputStream(content), mtime);
  }

  /**
   * Adds a file.
   *
   * @param mode permission bits: 0644, 0755
   * @param content holds {@code size} bytes; what follows them is left unread
   * @throws EOFException if it holds fewer
   */
  public void file(String path, int mode, long size, InputStream content, long mtime)
      throws IOException {
    header('0', path, mode, size, mtime);
    long left = size;
    while (left > 0) {
      int n = content.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        throw new EOFException(path + " ends " + left + " bytes early");
      }
      write(buffer, n);
      left -= n;
    }
    pad(TarHeader.BLOCK);
  }

  /** Writes the end marker and fills the last record. Nothing may follow. */
  public void finish() throws IOException {
    write(ZEROS, 2 * TarHeader.BLOCK);
    pad(RECORD);
    out.flush();
  }

  private void header(char typeflag, String path, int mode, long size, long mtime)
      throws IOException {
    if (size > MAX_NUMBER) {
      throw new IOException(path + " is too large for a tar header");
    }
    long time = timeOf(mtime);
    int maxName = HeaderField.NAME.length();
    int slash = path.lastIndexOf('/', path.length() - 2);
    String prefix = path.length() <= maxName || slash < 0 ? "" : path.substring(0, slash);
    String name = prefix.isEmpty() ? path : path.substring(slash + 1);
    if (!US_ASCII.newEncoder().canEncode(path)
        || prefix.length() > HeaderField.PREFIX.length()
        || name.length() > maxName) {
      pax('x', PaxRecords.format("path", path), time);
      prefix = "";
      name = standIn(path);
    }
    write(TarHeader.ustar(typeflag, prefix, name, mode, size, time), TarHeader.BLOCK);
  }

  private static long timeOf(long mtime) {
    return Math.max(0, Math.min(mtime, MAX_NUMBER));
  }

  /** What readers that do not know pax would see. */
  private static String standIn(String path) {
    String ascii = path.replaceAll("[^!-~]", "_");
    int maxName = HeaderField.NAME.length();
    return ascii.length() <= maxName ? ascii : ascii.substring(0, maxName);
  }

  private void pax(char typeflag, byte[] records, long mtime) throws IOException {
    String name = typeflag == 'g' ? "pax_global_header" : "PaxHeader";
    write(TarHeader.ustar(typeflag, "", name, 0644, records.length, mtime), TarHeader.BLOCK);
    write(records, records.length);
    pad(TarHeader.BLOCK);
  }

  private void write(byte[] bytes, int length) throws IOException {
    out.write(bytes, 0, length);
    written += length;
  }

  private void pad(int unit) throws IOException {
    int over = (int) (written % unit);
    if (over > 0) {
      write(ZEROS, unit - over);
    }
  }
}
