package org.qrepo.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.qrepo.RefusedException;
import org.qrepo.alpm.FileList;
import org.qrepo.io.Compression;
import org.qrepo.io.UnclosedOutput;
import org.qrepo.tar.TarWriter;

/**
 * Writes {@code NAME.files} for the next database by merging the lists of new packages into the
 * file database before: two sorted streams, of which only one list at a time is in memory. The same
 * inputs give the same bytes. It carries no lineage: the database names it by its digest.
 */
public final class FilesDatabaseWriter {
  private FilesDatabaseWriter() {}

  /**
   * Writes {@code desc} and {@code files} of every entry; the stream is flushed and left open. What
   * was written is worthless if this fails.
   *
   * @param fresh asked first for each entry
   * @param base asked for all others, and read to its last byte; empty if there is none
   * @throws RefusedException {@code files-missing} if the list of an entry is found nowhere, {@code
   *     files-order} if the base is not in byte order, and as {@link FilesDatabaseReader#read}
   */
  public static void write(
      Database next,
      FileLists fresh,
      Optional<FilesBase> base,
      Compression compression,
      OutputStream out)
      throws IOException {
    String subject = base.map(FilesBase::subject).orElse("file lists");
    try (OutputStream encoded = compression.encode(new UnclosedOutput(out))) {
      TarWriter tar = new TarWriter(encoded);
      Merge merge = new Merge(next.entries().iterator(), fresh, tar, new Subject(subject));
      if (base.isPresent()) {
        FilesDatabaseReader.read(base.get().source(), subject, ReadLimits.files(), merge);
      }
      merge.finish();
      tar.finish();
    }
    out.flush();
  }

  /** Writes entries as their turn comes. */
  private static final class Merge implements FilesDatabaseReader.Visitor {
    private final Iterator<DatabaseEntry> entries;
    private final FileLists fresh;
    private final TarWriter tar;
    private final Subject subject;
    private Optional<DatabaseEntry> due;
    private String last = "";

    Merge(Iterator<DatabaseEntry> entries, FileLists fresh, TarWriter tar, Subject subject) {
      this.entries = entries;
      this.fresh = fresh;
      this.tar = tar;
      this.subject = subject;
      this.due = next();
    }

    @Override
    public void files(String directory, long size, InputStream list) throws IOException {
      if (Database.ORDER.compare(last, directory) >= 0) {
        throw subject.refuse(
            "files-order",
            "'" + directory + "' stands after '" + last + "'",
            "file lists are copied only from a file database in byte order, as qrepo writes it",
            "adopt the repository: that reads the lists from the packages");
      }
      last = directory;
      writeFresh(directory);
      Optional<DatabaseEntry> same = due.filter(e -> e.directory().equals(directory));
      if (same.isPresent()) {
        Optional<FileList> newer = fresh.of(same.get());
        if (newer.isPresent()) {
          write(same.get(), newer.get());
        } else {
          write(same.get(), size, list);
        }
        due = next();
      }
    }

    /** Writes what is left. */
    void finish() throws IOException {
      while (due.isPresent()) {
        writeFreshDue();
      }
    }

    private void writeFresh(String end) throws IOException {
      while (due.isPresent() && Database.ORDER.compare(due.get().directory(), end) < 0) {
        writeFreshDue();
      }
    }

    private void writeFreshDue() throws IOException {
      DatabaseEntry entry = due.orElseThrow(NoSuchElementException::new);
      write(entry, fresh.of(entry).orElseThrow(() -> missing(entry)));
      due = next();
    }

    private void write(DatabaseEntry entry, FileList list) throws IOException {
      try (InputStream in = list.open()) {
        write(entry, list.size(), in);
      }
    }

    private void write(DatabaseEntry entry, long size, InputStream list) throws IOException {
      DatabaseWriter.writeEntry(tar, entry);
      String path = entry.directory() + "/" + FilesDatabaseReader.FILES;
      tar.file(path, DatabaseWriter.MODE, size, list, entry.buildDate());
    }

    private Optional<DatabaseEntry> next() {
      return entries.hasNext() ? Optional.of(entries.next()) : Optional.empty();
    }

    private RefusedException missing(DatabaseEntry entry) {
      return subject.refuse(
          "files-missing",
          "there is no file list for '" + entry + "'",
          "pacman -F would not know the package's files",
          "publish the package's file again, or adopt the repository");
    }
  }
}
