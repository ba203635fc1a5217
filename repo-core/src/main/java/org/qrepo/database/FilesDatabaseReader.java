package org.qrepo.database;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.qrepo.RefusedException;
import org.qrepo.io.Blob;

/**
 * Reads {@code NAME.files}, which repeats each {@code desc} of the database and adds the file list
 * of each package. Nothing of it is held in memory: those of large distributions expand to several
 * hundred megabytes.
 */
public final class FilesDatabaseReader {
  /** The name of the file list in an entry's directory. */
  static final String FILES = "files";

  private FilesDatabaseReader() {}

  /** Takes the parts of entries as they come; the two of one entry come in any order. */
  public interface Visitor {
    /** Called for each entry. */
    default void desc(String directory, byte[] desc) throws IOException {}

    /**
     * Called for each entry.
     *
     * @param size of the list in bytes
     * @param list ends with the list; what is not read of it is skipped
     */
    void files(String directory, long size, InputStream list) throws IOException;
  }

  /**
   * Reads what a source holds to its last byte; the stream is closed.
   *
   * @param subject what findings call it
   * @throws RefusedException if it is no whole and sound database, or an entry lacks one of its
   *     parts; the visitor has seen what came before
   * @throws IOException if it cannot be read, or the visitor failed
   */
  public static void read(Blob.Opener source, String subject, ReadLimits limits, Visitor visitor)
      throws IOException {
    Parts parts = new Parts(visitor);
    DatabaseArchive.walk(source, new Subject(subject), limits, parts);
    parts.checkComplete(new Subject(subject));
  }

  /**
   * Checks that a file database belongs to a database: the same entries, each {@code desc} equal to
   * the byte, and a file list for each.
   *
   * @param subject what findings call the file database
   * @throws RefusedException {@code files-mismatch}, or as {@link #read}
   */
  public static void check(Blob.Opener source, String subject, ReadLimits limits, Database database)
      throws IOException {
    Map<String, DatabaseEntry> missing = new TreeMap<>();
    database.entries().forEach(e -> missing.put(e.directory(), e));
    read(
        source,
        subject,
        limits,
        new Visitor() {
          @Override
          public void desc(String directory, byte[] desc) {
            DatabaseEntry entry = missing.remove(directory);
            if (entry == null) {
              throw mismatch(subject, "it holds '" + directory + "', the database does not");
            }
            if (!Arrays.equals(entry.desc(), desc)) {
              throw mismatch(subject, "the two describe '" + directory + "' differently");
            }
          }

          @Override
          public void files(String directory, long size, InputStream list) {}
        });
    if (!missing.isEmpty()) {
      throw mismatch(subject, "it lacks '" + missing.keySet().iterator().next() + "'");
    }
  }

  private static RefusedException mismatch(String subject, String reason) {
    return new Subject(subject)
        .refuse(
            "files-mismatch",
            "the file database belongs to another database: " + reason,
            "pacman -F would tell of packages that pacman -S does not know, or not of all");
  }

  /** Passes on what a file database is made of, and remembers what came. */
  private static final class Parts implements DatabaseArchive.Visitor {
    private static final int DESC_SEEN = 1;
    private static final int FILES_SEEN = 2;

    private final Visitor visitor;
    private final Map<EntryDirectory, Integer> seen = new LinkedHashMap<>();

    Parts(Visitor visitor) {
      this.visitor = visitor;
    }

    @Override
    public void directory(EntryDirectory directory) {
      seen.put(directory, 0);
    }

    @Override
    public void file(EntryDirectory directory, String name, long size, InputStream content)
        throws IOException {
      if (name.equals(FILES)) {
        seen.merge(directory, FILES_SEEN, Integer::sum);
        visitor.files(directory.toString(), size, content);
      } else if (name.equals(EntryParser.DESC)) {
        seen.merge(directory, DESC_SEEN, Integer::sum);
        visitor.desc(directory.toString(), content.readAllBytes());
      }
    }

    void checkComplete(Subject subject) {
      seen.forEach(
          (directory, parts) -> {
            if ((parts & DESC_SEEN) == 0) {
              throw incomplete(subject, "entry-without-desc", directory, EntryParser.DESC);
            }
            if ((parts & FILES_SEEN) == 0) {
              throw incomplete(subject, "entry-without-files", directory, FILES);
            }
          });
    }

    private static RefusedException incomplete(
        Subject subject, String id, EntryDirectory directory, String file) {
      return subject.refuse(
          id,
          "the entry '" + directory + "' has no '" + file + "'",
          "pacman -F could not tell the package's files",
          "restore the last good generation, or add the package again");
    }
  }
}
