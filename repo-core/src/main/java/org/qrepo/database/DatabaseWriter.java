package org.qrepo.database;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import org.qrepo.io.Compression;

/**
 * Writes {@code NAME.db}. The same database, lineage and compression give the same bytes: entries
 * in byte order, owned by root, each dated by its package's build.
 */
public final class DatabaseWriter {
  private DatabaseWriter() {}

  /**
   * Writes a database; the stream is flushed and left open.
   *
   * @param lineage stands at the very start
   */
  public static void write(
      Database database, Optional<Lineage> lineage, Compression compression, OutputStream out)
      throws IOException {
    try (OutputStream encoded = compression.encode(new Unclosed(out))) {
      TarWriter tar = new TarWriter(encoded);
      if (lineage.isPresent()) {
        tar.comment(lineage.get().format(), lineage.get().time().getEpochSecond());
      }
      for (DatabaseEntry entry : database.entries()) {
        writeEntry(tar, entry);
      }
      tar.finish();
    }
    out.flush();
  }

  /** The directory of an entry and its files but for the file list. */
  static void writeEntry(TarWriter tar, DatabaseEntry entry) throws IOException {
    String directory = entry.directory() + "/";
    tar.directory(directory, entry.buildDate());
    tar.file(directory + EntryParser.DESC, entry.desc(), entry.buildDate());
    for (Map.Entry<String, byte[]> other : entry.otherFiles().entrySet()) {
      tar.file(directory + other.getKey(), other.getValue(), entry.buildDate());
    }
  }

  /** Keeps a stream open that an encoder closes. */
  static final class Unclosed extends FilterOutputStream {
    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      out.flush();
    }
  }
}
