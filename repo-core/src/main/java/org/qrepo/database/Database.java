package org.qrepo.database;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.alpm.PackageName;

/**
 * What a repository offers: one version of each package. Immutable; the entries stand in byte order
 * of their directories, as they are written.
 */
public final class Database {
  /** Names of entries are ASCII, for which this is byte order. */
  static final Comparator<String> ORDER = Comparator.naturalOrder();

  private static final Database EMPTY = new Database(List.of(), Map.of());

  private final List<DatabaseEntry> entries;
  private final Map<PackageName, DatabaseEntry> byName;

  private Database(List<DatabaseEntry> entries, Map<PackageName, DatabaseEntry> byName) {
    this.entries = List.copyOf(entries);
    this.byName = byName;
  }

  /**
   * A database of these entries, in whatever order they come.
   *
   * @throws RefusedException {@code database-duplicate-name} for two versions of one package,
   *     {@code database-duplicate-file} for two entries with one file name; all of them
   */
  public static Database of(Collection<DatabaseEntry> entries) {
    return of(entries, new Subject("database"));
  }

  static Database of(Collection<DatabaseEntry> entries, Subject subject) {
    List<DatabaseEntry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparing(DatabaseEntry::directory, ORDER));
    Map<PackageName, DatabaseEntry> byName = new HashMap<>();
    Map<String, DatabaseEntry> byFile = new HashMap<>();
    List<Finding> findings = new ArrayList<>();
    for (DatabaseEntry entry : sorted) {
      DatabaseEntry sameName = byName.put(entry.name(), entry);
      if (sameName != null) {
        findings.add(duplicateName(subject, sameName, entry));
        continue;
      }
      DatabaseEntry sameFile = byFile.put(entry.fileName(), entry);
      if (sameFile != null) {
        findings.add(duplicateFile(subject, sameFile, entry));
      }
    }
    if (!findings.isEmpty()) {
      throw new RefusedException(findings);
    }
    return new Database(sorted, byName);
  }

  public static Database empty() {
    return EMPTY;
  }

  /** In byte order of their directories. */
  public List<DatabaseEntry> entries() {
    return entries;
  }

  public Optional<DatabaseEntry> entry(PackageName name) {
    return Optional.ofNullable(byName.get(name));
  }

  public int size() {
    return entries.size();
  }

  /**
   * This database with another entry, which takes the place of one of its name.
   *
   * @throws RefusedException as {@link #of}
   */
  public Database with(DatabaseEntry entry) {
    return with(List.of(entry));
  }

  /**
   * As {@link #with(DatabaseEntry)}, for several at once; of two with one name the later one stays.
   */
  public Database with(Collection<DatabaseEntry> more) {
    Map<PackageName, DatabaseEntry> all = new HashMap<>(byName);
    more.forEach(e -> all.put(e.name(), e));
    return of(all.values());
  }

  /** This database without a package; the same if there is none of that name. */
  public Database without(PackageName name) {
    Map<PackageName, DatabaseEntry> rest = new HashMap<>(byName);
    return rest.remove(name) == null ? this : of(rest.values());
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof Database other && entries.equals(other.entries);
  }

  @Override
  public int hashCode() {
    return entries.hashCode();
  }

  @Override
  public String toString() {
    return entries.toString();
  }

  private static Finding duplicateName(Subject subject, DatabaseEntry a, DatabaseEntry b) {
    return Finding.of(
        "database-duplicate-name",
        subject.name(),
        "two versions of '" + a.name() + "': " + a.version() + " and " + b.version(),
        "clients mix the two up and fail to install the package",
        "remove the package and add the version that is meant");
  }

  private static Finding duplicateFile(Subject subject, DatabaseEntry a, DatabaseEntry b) {
    return Finding.of(
        "database-duplicate-file",
        subject.name(),
        "'" + a + "' and '" + b + "' both claim the file '" + a.fileName() + "'",
        "clients refuse to fetch one file for two packages",
        "remove one of them");
  }
}
