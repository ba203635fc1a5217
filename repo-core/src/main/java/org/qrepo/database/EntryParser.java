package org.qrepo.database;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.alpm.PackageFileName;
import org.qrepo.io.Sha256;

/** Makes entries of the files in their directories, if clients can use what these say. */
final class EntryParser {
  static final String DESC = "desc";
  static final String DEPENDS = "depends";

  private final EntryDirectory directory;
  private final Subject subject;
  private final DescFile desc;

  private EntryParser(EntryDirectory directory, Subject subject, DescFile desc) {
    this.directory = directory;
    this.subject = subject;
    this.desc = desc;
  }

  /**
   * Makes an entry.
   *
   * @param otherFiles the files beside {@code desc}, by name
   * @param database what findings call the database
   * @throws org.qrepo.RefusedException if clients cannot use the entry
   */
  static DatabaseEntry parse(
      EntryDirectory directory, byte[] desc, Map<String, byte[]> otherFiles, String database) {
    Subject subject = new Subject(database).at(directory + "/" + DESC);
    DescFile fields = DescFile.parse(desc, subject);
    if (otherFiles.containsKey(DEPENDS)) {
      Subject depends = new Subject(database).at(directory + "/" + DEPENDS);
      fields = fields.with(DescFile.parse(otherFiles.get(DEPENDS), depends), depends);
    }
    EntryFacts facts = new EntryParser(directory, subject, fields).facts();
    return new DatabaseEntry(directory, facts, desc, otherFiles);
  }

  /** The files of an entry that hold fields. */
  static List<byte[]> describing(byte[] desc, Map<String, byte[]> otherFiles) {
    List<byte[]> files = new ArrayList<>(List.of(desc));
    Optional.ofNullable(otherFiles.get(DEPENDS)).ifPresent(files::add);
    return files;
  }

  private EntryFacts facts() {
    matches(DescField.NAME, directory.name().value());
    matches(DescField.VERSION, directory.version().value());
    checksum(DescField.MD5SUM, 32);
    return new EntryFacts(
        fileName(),
        size(),
        checksum(DescField.SHA256SUM, 64).map(Sha256::new),
        desc.first(DescField.BUILDDATE).flatMap(EntryParser::number).orElse(0L));
  }

  private void matches(DescField field, String expected) {
    String value = required(field);
    if (!value.equals(expected)) {
      throw subject.refuse(
          "entry-mismatch",
          "%" + field + "% is " + Subject.quote(value) + ", the directory says '" + expected + "'",
          "clients call such a database inconsistent",
          "remove the entry and add the package again");
    }
  }

  private String required(DescField field) {
    return desc.first(field)
        .filter(v -> !v.isEmpty())
        .orElseThrow(
            () ->
                subject.refuse(
                    "desc-field-missing",
                    "%" + field + "% is missing",
                    "clients cannot use the entry",
                    "remove the entry and add the package again"));
  }

  private String fileName() {
    try {
      return new PackageFileName(required(DescField.FILENAME)).value();
    } catch (IllegalArgumentException e) {
      throw subject.refuse(
          "entry-file-name",
          "%FILENAME% is none that clients can fetch: " + e.getMessage(),
          "clients append it to the server's URL as it stands, and keep the file under it",
          "remove the entry and add the package again");
    }
  }

  private long size() {
    Optional<String> value = desc.first(DescField.CSIZE);
    return value.isEmpty()
        ? 0
        : number(value.get())
            .orElseThrow(
                () ->
                    subject.refuse(
                        "desc-malformed",
                        "%CSIZE% is no size: " + Subject.quote(value.get()),
                        "clients download no more of a package than this many bytes"));
  }

  private Optional<String> checksum(DescField field, int digits) {
    Optional<String> value = desc.first(field);
    if (value.isPresent() && !value.get().matches("[0-9a-f]{" + digits + "}")) {
      throw subject.refuse(
          "entry-checksum",
          "%"
              + field
              + "% is not "
              + digits
              + " lower-case hex digits: "
              + Subject.quote(value.get()),
          "clients would call the package corrupted, upper case included",
          "remove the entry and add the package again");
    }
    return value;
  }

  private static Optional<Long> number(String digits) {
    return digits.matches("[0-9]{1,18}") ? Optional.of(Long.parseLong(digits)) : Optional.empty();
  }
}
