package org.qrepo.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.qrepo.io.Compression;
import org.qrepo.tar.RawTar;
import org.qrepo.tar.TarReader;

/** A tar archive as other tools, careless ones and enemies make it. */
final class ForeignArchive {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarArchiveOutputStream tar;

  ForeignArchive() {
    this(TarArchiveOutputStream.LONGFILE_POSIX);
  }

  /**
   * @param longFileMode of the library: GNU's or POSIX's way of long names
   */
  ForeignArchive(int longFileMode) {
    tar = new TarArchiveOutputStream(bytes, TarReader.BLOCK, "UTF-8");
    tar.setLongFileMode(longFileMode);
    tar.setAddPaxHeadersForNonAsciiNames(true);
  }

  ForeignArchive file(String path, String content) {
    return member(path, TarConstants.LF_NORMAL, content.getBytes(UTF_8));
  }

  ForeignArchive directory(String path) {
    return member(path + "/", TarConstants.LF_DIR, new byte[0]);
  }

  ForeignArchive member(String path, byte type, byte[] content) {
    try {
      TarArchiveEntry entry = new TarArchiveEntry(path, type, true);
      entry.setSize(content.length);
      tar.putArchiveEntry(entry);
      tar.write(content);
      tar.closeArchiveEntry();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An extended header with these records, for the whole archive or for what follows. */
  ForeignArchive pax(char type, String key, String value) {
    bytes.writeBytes(new RawTar().pax(type, key, value).bytes());
    return this;
  }

  /** A member of a type that the library does not write by itself. */
  ForeignArchive raw(char type, byte[] content) {
    bytes.writeBytes(new RawTar().member("raw", type, content).bytes());
    return this;
  }

  /** A sound entry. */
  ForeignArchive entry(String name, String version) {
    String directory = name + "-" + version;
    return directory(directory).file(directory + "/desc", desc(name, version));
  }

  byte[] toBytes() {
    try {
      tar.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  byte[] toBytes(Compression compression) {
    byte[] plain = toBytes();
    return Samples.bytes(
        out -> {
          try (var encoded = compression.encode(out)) {
            encoded.write(plain);
          }
        });
  }

  static String desc(String name, String version) {
    return "%FILENAME%\n"
        + name
        + "-"
        + version
        + "-any.pkg.tar.zst\n\n%NAME%\n"
        + name
        + "\n\n%VERSION%\n"
        + version
        + "\n\n";
  }
}
