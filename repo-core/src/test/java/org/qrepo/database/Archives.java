package org.qrepo.database;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.qrepo.io.Compression;

/** Looks into archives with a library, not with the code under test. */
final class Archives {
  private Archives() {}

  /** The files of an archive by path, one character for each byte. */
  static SortedMap<String, String> files(byte[] bytes) throws IOException {
    SortedMap<String, String> files = new TreeMap<>();
    try (InputStream in = Compression.detect(bytes).decode(new ByteArrayInputStream(bytes));
        TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        if (!e.isDirectory()) {
          ByteArrayOutputStream content = new ByteArrayOutputStream();
          tar.transferTo(content);
          files.put(e.getName(), content.toString(StandardCharsets.ISO_8859_1));
        }
      }
    }
    return files;
  }
}
