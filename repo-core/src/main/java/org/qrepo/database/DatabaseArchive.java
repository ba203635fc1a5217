package org.qrepo.database;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.qrepo.RefusedException;
import org.qrepo.io.Blob;
import org.qrepo.tar.TarException;
import org.qrepo.tar.TarLimits;
import org.qrepo.tar.TarMember;
import org.qrepo.tar.TarReader;

/**
 * Walks through {@code NAME.db} or {@code NAME.files}: a tar archive of directories {@code
 * NAME-VERSION/}, each with a few files. Clients read nothing of an archive that holds anything
 * else, so neither does this.
 */
final class DatabaseArchive {
  /** Files in one entry, on average; real ones have one to three. */
  private static final int FILES_PER_ENTRY = 8;

  /** {@link ArchiveSource} bounds what is read, by other measures than a tar archive has. */
  private static final TarLimits UNBOUNDED = new TarLimits(Long.MAX_VALUE, Long.MAX_VALUE, false);

  private final Subject subject;
  private final ReadLimits limits;
  private final ArchiveRefusals refusals;
  private final Visitor visitor;
  private final Map<String, EntryDirectory> directories = new HashMap<>();
  private final Set<String> paths = new HashSet<>();
  private Optional<String> comment = Optional.empty();

  private DatabaseArchive(Subject subject, ReadLimits limits, Visitor visitor) {
    this.subject = subject;
    this.limits = limits;
    this.refusals = new ArchiveRefusals(subject, limits.pathLength());
    this.visitor = visitor;
  }

  /** Takes what the archive holds, in its order. */
  interface Visitor {
    /** Called once for each entry, before its files. */
    void directory(EntryDirectory directory) throws IOException;

    /**
     * Called once for each file.
     *
     * @param content ends with the file; what is not read of it is skipped
     */
    void file(EntryDirectory directory, String name, long size, InputStream content)
        throws IOException;
  }

  /**
   * Reads the archive to its last byte.
   *
   * @throws RefusedException if it is no whole and sound database
   * @throws IOException if it could not be read, or the visitor failed
   */
  static Optional<Lineage> walk(
      Blob.Opener source, Subject subject, ReadLimits limits, Visitor visitor) throws IOException {
    try (ArchiveSource archive = new ArchiveSource(source, subject, limits)) {
      return new DatabaseArchive(subject, limits, visitor).walk(archive.stream());
    }
  }

  private Optional<Lineage> walk(InputStream archive) throws IOException {
    archive.mark(TarReader.BLOCK);
    try {
      return walk(new TarReader(archive, UNBOUNDED, this::take));
    } catch (TarException e) {
      throw refusals.of(e, startOf(archive, e));
    }
  }

  /** The first bytes of what is no archive: of one, more than what can be had again was read. */
  private static byte[] startOf(InputStream archive, TarException e) throws IOException {
    if (e.kind() != TarException.Kind.NOT_TAR) {
      return new byte[0];
    }
    archive.reset();
    return archive.readNBytes(TarReader.BLOCK);
  }

  private Optional<Lineage> walk(TarReader tar) throws IOException {
    Optional<TarMember> member = tar.next();
    Optional<Lineage> lineage = comment.flatMap(c -> Lineage.parse(c, subject.name()));
    while (member.isPresent()) {
      visit(member.get(), tar.content());
      member = tar.next();
    }
    return lineage;
  }

  /** Takes a comment on the whole archive; a lineage stands at its very start. */
  private void take(long offset, String text) {
    if (offset == 0) {
      comment = Optional.of(text);
    } else if (text.startsWith("qrepo/")) {
      throw subject.refuse(
          "lineage-misplaced",
          "holds a lineage that does not stand at its very start",
          "qrepo writes one lineage, before everything else: this file was put together by someone");
    }
  }

  private void visit(TarMember next, InputStream content) throws IOException {
    if (next.sparse()) {
      throw refusals.damaged("it holds a sparse member");
    }
    ArchiveMember member = ArchiveMember.of(next, refusals);
    checkPath(member);
    String path = member.path();
    int slash = path.indexOf('/');
    String file = path.substring(slash + 1);
    EntryDirectory directory = directory(path.substring(0, slash), path);
    if (file.isEmpty()) {
      return;
    }
    if (file.indexOf('/') >= 0) {
      throw foreign(path);
    }
    int limit = limits.descBytes();
    if (member.size() > (file.equals(FilesDatabaseReader.FILES) ? limits.filesBytes() : limit)) {
      throw subject.refuse(
          "database-member-size",
          Subject.quote(path) + " is too large: " + member.size() + " bytes",
          "real ones have a few thousand bytes, file lists a few million");
    }
    visitor.file(directory, file, member.size(), content);
  }

  private void checkPath(ArchiveMember member) {
    String path = member.path();
    if (path.startsWith("./")) {
      throw subject.refuse(
          "database-dot-slash",
          "members are named './...'",
          "clients read nothing of such a database",
          "it was packed with 'tar .': pack the directories by name");
    }
    if (path.startsWith("/") || path.indexOf('\\') >= 0 || ("/" + path + "/").contains("/../")) {
      throw subject.refuse(
          "database-path",
          "a member leaves its directory: " + Subject.quote(path),
          "no tool writes such a database by mistake");
    }
    if (member.type() == ArchiveMember.Type.OTHER) {
      throw subject.refuse(
          "database-member-type",
          Subject.quote(path) + " is neither a file nor a directory",
          "a database holds no links and no devices");
    }
    if (path.indexOf('/') < 0) {
      throw subject.refuse(
          "database-stray-file",
          Subject.quote(path) + " lies beside the entries",
          "clients read nothing of such a database",
          "if this is a package, name it as one; else restore the last good generation");
    }
    if (!paths.add(path)) {
      throw subject.refuse(
          "database-duplicate-member",
          Subject.quote(path) + " is there twice",
          "clients would merge the two");
    }
    if (paths.size() > (long) limits.entries() * FILES_PER_ENTRY) {
      throw tooManyEntries();
    }
  }

  private EntryDirectory directory(String name, String path) throws IOException {
    EntryDirectory known = directories.get(name);
    if (known != null) {
      return known;
    }
    EntryDirectory directory = parse(name, path);
    directories.put(name, directory);
    if (directories.size() > limits.entries()) {
      throw tooManyEntries();
    }
    visitor.directory(directory);
    return directory;
  }

  private EntryDirectory parse(String name, String path) {
    try {
      return EntryDirectory.parse(name);
    } catch (IllegalArgumentException e) {
      if (directories.isEmpty()) {
        throw foreign(path);
      }
      throw subject.refuse(
          "database-entry-name",
          "an entry has a name that clients cannot read: " + e.getMessage(),
          "clients may read nothing of the whole database",
          "remove the entry with the tool that made it");
    }
  }

  private RefusedException foreign(String path) {
    return subject.refuse(
        "database-foreign",
        "is an archive of something else: it holds " + Subject.quote(path),
        "a database holds directories 'NAME-VERSION' with a file 'desc'",
        "qrepo never starts from nothing because of a file that it cannot read");
  }

  private RefusedException tooManyEntries() {
    return subject.refuse(
        "database-too-many-entries",
        "more than " + limits.entries() + " entries are not read",
        "the largest distributions have some 15000 packages in a repository");
  }
}
