package org.qrepo.database;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Writes a tar archive whose bytes depend on its members alone: ustar, with a pax header only where
 * a path does not fit, owned by root, padded to records of 10240 bytes. It is written here rather
 * than by a library so that an update of the library cannot change the bytes.
 */
final class TarWriter {
  /** The largest number that the eleven octal digits of a size or time hold. */
  static final long MAX_NUMBER = 077777777777L;

  private static final int NAME = 100;
  private static final int PREFIX = 155;
  private static final byte[] ZEROS = new byte[TarHeader.RECORD];

  private final OutputStream out;
  private long written;

  /** The stream is left open. */
  TarWriter(OutputStream out) {
    this.out = out;
  }

  /** A comment on the whole archive; clients read past it. */
  void comment(String text, long mtime) throws IOException {
    pax('g', PaxRecords.format("comment", text), mtime);
  }

  /**
   * Adds a directory.
   *
   * @param path ends in a slash
   * @param mtime seconds since 1970; what a header cannot hold is cut to what it can
   */
  void directory(String path, long mtime) throws IOException {
    header('5', path, 0755, 0, mtime);
  }

  void file(String path, byte[] content, long mtime) throws IOException {
    header('0', path, 0644, content.length, mtime);
    write(content, content.length);
    pad(TarHeader.BLOCK);
  }

  /**
   * Adds a file.
   *
   * @param content holds {@code size} bytes; what follows them is left unread
   * @throws EOFException if it holds fewer
   */
  void file(String path, long size, InputStream content, long mtime) throws IOException {
    header('0', path, 0644, size, mtime);
    byte[] buffer = new byte[1 << 15];
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
  void finish() throws IOException {
    write(ZEROS, 2 * TarHeader.BLOCK);
    pad(TarHeader.RECORD);
    out.flush();
  }

  private void header(char type, String path, int mode, long size, long mtime) throws IOException {
    if (size > MAX_NUMBER) {
      throw new IOException(path + " is too large for a tar header");
    }
    long time = Math.max(0, Math.min(mtime, MAX_NUMBER));
    int slash = path.lastIndexOf('/', path.length() - 2);
    String prefix = path.length() <= NAME || slash < 0 ? "" : path.substring(0, slash);
    String name = prefix.isEmpty() ? path : path.substring(slash + 1);
    if (!US_ASCII.newEncoder().canEncode(path)
        || prefix.length() > PREFIX
        || name.length() > NAME) {
      pax('x', PaxRecords.format("path", path), time);
      prefix = "";
      name = standIn(path);
    }
    block(TarHeader.ustar(type, prefix, name, mode, size, time));
  }

  /** What readers that do not know pax would see. */
  private static String standIn(String path) {
    String ascii = path.replaceAll("[^!-~]", "_");
    return ascii.length() <= NAME ? ascii : ascii.substring(0, NAME);
  }

  private void pax(char type, byte[] records, long mtime) throws IOException {
    String name = type == 'g' ? "pax_global_header" : "PaxHeader";
    block(TarHeader.ustar(type, "", name, 0644, records.length, mtime));
    write(records, records.length);
    pad(TarHeader.BLOCK);
  }

  private void block(byte[] header) throws IOException {
    write(header, header.length);
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
