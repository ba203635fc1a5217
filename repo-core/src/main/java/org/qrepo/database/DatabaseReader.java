package org.qrepo.database;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.Blob;

/**
 * Reads {@code NAME.db}, compressed in any way that clients read, whole to its last byte. A file
 * list that stands beside a {@code desc}, as some tools put it there, is read past: it belongs into
 * {@code NAME.files}, and {@link FilesDatabaseReader} finds it. Everything else is kept.
 */
public final class DatabaseReader {
  /** So many findings about entries are collected before the reading stops. */
  private static final int MAX_FINDINGS = 20;

  private DatabaseReader() {}

  /**
   * What a database file holds.
   *
   * @param lineage empty if the file was not made by qrepo
   */
  public record Contents(Database database, Optional<Lineage> lineage) {}

  /**
   * Reads a file, its name standing in findings.
   *
   * @throws RefusedException if it is no whole and sound database
   * @throws IOException if it cannot be read
   */
  public static Contents read(Path file, ReadLimits limits) throws IOException {
    Path name = file.getFileName();
    return read(
        () -> Files.newInputStream(file), name == null ? file.toString() : name.toString(), limits);
  }

  /**
   * Reads what a source holds; the stream is closed.
   *
   * @param subject what findings call it
   * @throws RefusedException if it is no whole and sound database
   * @throws IOException if it cannot be read
   */
  public static Contents read(Blob.Opener source, String subject, ReadLimits limits)
      throws IOException {
    Drafts drafts = new Drafts();
    Optional<Lineage> lineage = DatabaseArchive.walk(source, new Subject(subject), limits, drafts);
    return new Contents(Database.of(drafts.entries(subject), new Subject(subject)), lineage);
  }

  /** Collects the files of entries, which need not stand side by side. */
  private static final class Drafts implements DatabaseArchive.Visitor {
    private final Map<EntryDirectory, Map<String, byte[]>> drafts = new LinkedHashMap<>();

    @Override
    public void directory(EntryDirectory directory) {
      drafts.put(directory, new HashMap<>(2));
    }

    @Override
    public void file(EntryDirectory directory, String name, long size, InputStream content)
        throws IOException {
      if (!name.equals(FilesDatabaseReader.FILES)) {
        drafts.computeIfAbsent(directory, d -> new HashMap<>(2)).put(name, content.readAllBytes());
      }
    }

    List<DatabaseEntry> entries(String subject) {
      List<DatabaseEntry> entries = new ArrayList<>();
      List<Finding> findings = new ArrayList<>();
      drafts.forEach(
          (directory, files) -> {
            try {
              entries.add(entry(directory, files, subject));
            } catch (RefusedException e) {
              findings.addAll(e.findings());
            }
          });
      if (!findings.isEmpty()) {
        throw new RefusedException(findings.subList(0, Math.min(findings.size(), MAX_FINDINGS)));
      }
      return entries;
    }

    private static DatabaseEntry entry(
        EntryDirectory directory, Map<String, byte[]> files, String subject) {
      byte[] desc = files.remove(EntryParser.DESC);
      if (desc == null) {
        throw new Subject(subject)
            .refuse(
                "entry-without-desc",
                "the entry '" + directory + "' has no 'desc'",
                "clients would know a package of which nothing is known",
                "remove the entry and add the package again");
      }
      return EntryParser.parse(directory, desc, files, subject);
    }
  }
}
