package org.qrepo.database;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import org.qrepo.io.Compression;
import org.qrepo.io.UnclosedOutput;
import org.qrepo.tar.TarWriter;

/**
 * Writes {@code NAME.db}. The same database, lineage and compression give the same bytes: entries
 * in byte order, owned by root, each dated by its package's build.
 */
public final class DatabaseWriter {
  /** Permission bits of all files in a database. */
  static final int MODE = 0644;

  private DatabaseWriter() {}

  /**
   * Writes a database; the stream is flushed and left open.
   *
   * @param lineage stands at the very start
   */
  public static void write(
      Database database, Optional<Lineage> lineage, Compression compression, OutputStream out)
      throws IOException {
    try (OutputStream encoded = compression.encode(new UnclosedOutput(out))) {
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
    tar.file(directory + EntryParser.DESC, MODE, entry.desc(), entry.buildDate());
    for (Map.Entry<String, byte[]> other : entry.otherFiles().entrySet()) {
      tar.file(directory + other.getKey(), MODE, other.getValue(), entry.buildDate());
    }
  }
}
