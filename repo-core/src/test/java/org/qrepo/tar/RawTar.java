package org.qrepo.tar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** Writes tar archives block by block, also such as no program would write. */
public final class RawTar {
  static final int BLOCK = 512;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A ustar header of the name, {@code name} in ISO 8859-1, with its content, if any. */
  public RawTar member(String name, char type, byte[] content) {
    return header(name, type, String.format(Locale.ROOT, "%011o", content.length)).body(content);
  }

  public RawTar file(String name, String content) {
    return member(name, '0', content.getBytes(StandardCharsets.UTF_8));
  }

  public RawTar file(String name) {
    return file(name, "");
  }

  public RawTar directory(String name) {
    return member(name, '5', new byte[0]);
  }

  /** A header alone, whose size says what {@code size} says. */
  public RawTar header(String name, char type, String size) {
    return block(headerBlock(name, type, size, "ustar\00000"));
  }

  /** A header with another magic than ustar's. */
  public RawTar oldHeader(String name, char type, String magic) {
    return block(headerBlock(name, type, "00000000000", magic));
  }

  /** A pax header for the next member ({@code 'x'}) or for all ({@code 'g'}). */
  public RawTar pax(char type, String... keysAndValues) {
    StringBuilder records = new StringBuilder();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      records.append(record(keysAndValues[i], keysAndValues[i + 1]));
    }
    byte[] bytes = records.toString().getBytes(StandardCharsets.ISO_8859_1);
    return member("PaxHeaders/x", type, bytes);
  }

  public RawTar pax(String... keysAndValues) {
    return pax('x', keysAndValues);
  }

  public RawTar block(byte[] block) {
    out.writeBytes(block);
    return this;
  }

  /** Content, padded to whole blocks. */
  public RawTar body(byte[] content) {
    out.writeBytes(content);
    out.writeBytes(new byte[-content.length & (BLOCK - 1)]);
    return this;
  }

  /** The archive so far, without its end. */
  public byte[] bytes() {
    return out.toByteArray();
  }

  /** The archive with two blocks of zeros. */
  public byte[] end() {
    return new RawTar().block(bytes()).block(new byte[2 * BLOCK]).bytes();
  }

  private static byte[] headerBlock(String name, char type, String size, String magic) {
    byte[] block = new byte[BLOCK];
    put(block, 0, name);
    put(block, 100, "0000644\0");
    put(block, 108, "0000000\0");
    put(block, 116, "0000000\0");
    put(block, 124, size);
    put(block, 136, "14524710000\0");
    Arrays.fill(block, 148, 156, (byte) ' ');
    block[156] = (byte) type;
    put(block, 257, magic);
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    put(block, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
    return block;
  }

  private static void put(byte[] block, int offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, block, offset, bytes.length);
  }

  private static String record(String key, String value) {
    String tail = " " + key + "=" + value + "\n";
    int length = tail.length();
    while (length != tail.length() + Integer.toString(length).length()) {
      length = tail.length() + Integer.toString(length).length();
    }
    return length + tail;
  }
}
