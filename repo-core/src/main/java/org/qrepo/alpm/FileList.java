package org.qrepo.alpm;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The file list of a package: the exact bytes of the {@code files} member of its database entry,
 * and nothing beside them, because one list may name a million files. Immutable.
 *
 * <p>The bytes are a line {@code %FILES%} and then a line for each path, sorted by bytes, each
 * once. Paths stand there as bsdtar prints them in a UTF-8 locale: a backslash, control characters
 * and bytes that are not UTF-8 are escaped.
 */
public final class FileList {
  static final byte[] HEADER = "%FILES%\n".getBytes(StandardCharsets.US_ASCII);

  private final byte[] bytes;

  /** Takes the array over; nobody else may keep it. */
  private FileList(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A list as a database holds it, kept to the byte; it is not checked. */
  public static FileList ofStored(byte[] bytes) {
    return new FileList(bytes.clone());
  }

  /** Like {@link #ofStored}, without the copy. */
  static FileList ofOwned(byte[] bytes) {
    return new FileList(bytes);
  }

  /** Length in bytes of what {@link #writeTo} writes. */
  public int size() {
    return bytes.length;
  }

  public void writeTo(OutputStream out) throws IOException {
    out.write(bytes);
  }

  public InputStream open() {
    return new ByteArrayInputStream(bytes);
  }

  /** The paths, escaped as they stand, in their order; directories end in a slash. */
  public Stream<String> paths() {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(
            new Lines(bytes), Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FileList list && Arrays.equals(bytes, list.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "FileList[" + bytes.length + " bytes]";
  }

  /** The non-empty lines after the header. */
  private static final class Lines implements Iterator<String> {
    private final byte[] bytes;
    private int position;

    Lines(byte[] bytes) {
      this.bytes = bytes;
      int header = HEADER.length;
      boolean headed = bytes.length >= header && Arrays.equals(bytes, 0, header, HEADER, 0, header);
      position = headed ? header : 0;
      skipEmpty();
    }

    @Override
    public boolean hasNext() {
      return position < bytes.length;
    }

    @Override
    public String next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      int end = position;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      String line = new String(bytes, position, end - position, StandardCharsets.UTF_8);
      position = end;
      skipEmpty();
      return line;
    }

    private void skipEmpty() {
      while (position < bytes.length && bytes[position] == '\n') {
        position++;
      }
    }
  }
}
