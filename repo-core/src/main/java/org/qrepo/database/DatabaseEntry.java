package org.qrepo.database;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.qrepo.alpm.PackageInfo;
import org.qrepo.alpm.PackageName;
import org.qrepo.alpm.PackageVersion;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;

/**
 * One package in a database. Immutable.
 *
 * <p>An entry that was read keeps its bytes: unknown fields, lines that mean nothing, and other
 * files in its directory are written again as they were. Among those is {@code depends} of
 * databases older than pacman 5.0, whose fields clients still take together with those of {@code
 * desc}: the two are kept apart as files, since merging them would change bytes for nothing, and
 * are one in {@link #values}.
 */
public final class DatabaseEntry {
  private final EntryDirectory directory;
  private final String fileName;
  private final long compressedSize;
  private final Optional<Sha256> sha256;
  private final long buildDate;
  private final byte[] desc;
  private final SortedMap<String, byte[]> otherFiles;

  DatabaseEntry(
      EntryDirectory directory, EntryFacts facts, byte[] desc, Map<String, byte[]> other) {
    this.directory = directory;
    this.fileName = facts.fileName();
    this.compressedSize = facts.compressedSize();
    this.sha256 = facts.sha256();
    this.buildDate = facts.buildDate();
    this.desc = desc.clone();
    this.otherFiles = Collections.unmodifiableSortedMap(new TreeMap<>(other));
  }

  /**
   * The entry of a package.
   *
   * @param info its metadata; values go into the entry as they are
   * @param fileName under which clients fetch it
   * @param compressedSize of the file in bytes
   * @param digests of the file; MD5 among them for {@link DescVersion#V1}
   * @param signature the binary detached signature, used if the options ask for it
   * @throws org.qrepo.RefusedException if clients would misread an entry with these values
   */
  public static DatabaseEntry describe(
      PackageInfo info,
      String fileName,
      long compressedSize,
      Digests digests,
      Optional<byte[]> signature,
      DescOptions options) {
    Description description =
        new Description(info, fileName, compressedSize, digests, signature, options);
    return EntryParser.parse(description.directory(), description.bytes(), Map.of(), fileName);
  }

  /** {@code NAME-VERSION}: where the entry stands in the archive. */
  public String directory() {
    return directory.toString();
  }

  public PackageName name() {
    return directory.name();
  }

  public PackageVersion version() {
    return directory.version();
  }

  /** Under which clients fetch the package, verbatim below the server's URL. */
  public String fileName() {
    return fileName;
  }

  /** Of the package file in bytes; 0 if the entry does not tell. */
  public long compressedSize() {
    return compressedSize;
  }

  /** Of the package file; empty in entries that have no SHA256SUM. */
  public Optional<Sha256> sha256() {
    return sha256;
  }

  /** In seconds since 1970; 0 if the entry does not tell, or tells it in a form of its own. */
  public long buildDate() {
    return buildDate;
  }

  /**
   * The values of a field, as they stand there.
   *
   * @param field the name between the percent signs, {@code DEPENDS}
   * @return empty if the field is absent
   */
  public List<String> values(String field) {
    for (byte[] file : EntryParser.describing(desc, otherFiles)) {
      List<String> values = DescFile.reread(file).values(field);
      if (!values.isEmpty()) {
        return Collections.unmodifiableList(values);
      }
    }
    return List.of();
  }

  /**
   * The fields by which clients tell this entry from another, in the order of {@code desc}: all
   * that repo-add writes but MD5SUM and PGPSIG, which one version of it writes and the next does
   * not.
   */
  public List<String> differences(DatabaseEntry other) {
    DescFile own = fields();
    DescFile others = other.fields();
    return Arrays.stream(DescField.values())
        .filter(f -> f != DescField.MD5SUM && f != DescField.PGPSIG)
        .map(DescField::name)
        .filter(f -> !own.values(f).equals(others.values(f)))
        .toList();
  }

  /**
   * The same entry, repeating another signature of the package if it repeats one; all else stays as
   * it is, to the byte.
   *
   * @param signature binary and detached
   */
  public DatabaseEntry withSignature(byte[] signature) {
    Optional<String> old = DescFile.reread(desc).first(DescField.PGPSIG);
    if (old.isEmpty()) {
      return this;
    }
    // One char per byte and back: what is not UTF-8 stays as it is.
    String text = new String(desc, StandardCharsets.ISO_8859_1);
    String head = "%" + DescField.PGPSIG.name() + "%\n";
    int start = text.startsWith(head) ? 0 : text.indexOf("\n" + head) + 1;
    int value = start + head.length();
    int end = text.indexOf('\n', value);
    String renewed =
        text.substring(0, value)
            + Base64.getEncoder().encodeToString(signature)
            + (end < 0 ? "\n" : text.substring(end));
    return EntryParser.parse(
        directory, renewed.getBytes(StandardCharsets.ISO_8859_1), otherFiles, fileName);
  }

  private DescFile fields() {
    DescFile fields = DescFile.reread(desc);
    for (byte[] more : EntryParser.describing(desc, otherFiles).stream().skip(1).toList()) {
      fields = fields.with(DescFile.reread(more), new Subject(directory.toString()));
    }
    return fields;
  }

  /** The exact bytes of the {@code desc} file. */
  public byte[] desc() {
    return desc.clone();
  }

  /** Files of the entry beside {@code desc}, by name; kept, and written again. */
  SortedMap<String, byte[]> otherFiles() {
    return otherFiles;
  }

  /** Whether the entry is the same to the byte. */
  @Override
  public boolean equals(Object object) {
    return object instanceof DatabaseEntry other
        && directory.equals(other.directory)
        && Arrays.equals(desc, other.desc)
        && otherFiles.keySet().equals(other.otherFiles.keySet())
        && otherFiles.keySet().stream()
            .allMatch(f -> Arrays.equals(otherFiles.get(f), other.otherFiles.get(f)));
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(desc);
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
