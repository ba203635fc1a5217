package org.qrepo.alpm;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.qrepo.Finding;

/** What must hold for the fields of a {@code .PKGINFO}; everything else is left as it is. */
final class PackageInfoRules {
  private static final String INVALID = "pkginfo-invalid";

  /**
   * Newer clients compare these with the database entry. Whitespace that other tools squeeze when
   * they rewrite an entry would make the two differ; an empty value cannot be written to an entry.
   */
  private static final List<String> COMPARED =
      List.of("group", "depend", "conflict", "provides", "replaces");

  /** Further fields that may stand only once. */
  private static final List<String> TEXTS = List.of("pkgdesc", "url", "packager");

  private static final Pattern UNSTABLE_SPACE =
      Pattern.compile("^\\s|\\s$|\\s\\s|[\\t\\p{Z}&&[^ ]]");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  /** The latest time that a ustar header holds: eleven octal digits, the year 2242. */
  private static final long MAX_BUILD_DATE = 0_77777777777L;

  private static final int MAX_ENTRY_LENGTH = 255;

  private final String subject;
  private final List<Field> fields;
  private final Findings findings;

  PackageInfoRules(String subject, List<Field> fields, Findings findings) {
    this.subject = subject;
    this.fields = fields;
    this.findings = findings;
  }

  Optional<PackageName> name() {
    return required("pkgname", PackageName::new);
  }

  Optional<PackageVersion> version() {
    return required("pkgver", PackageVersion::new);
  }

  Optional<PackageName> base() {
    return single("pkgbase").flatMap(f -> value(f, PackageName::new));
  }

  Optional<Architecture> architecture() {
    return single("arch").flatMap(f -> value(f, Architecture::new));
  }

  OptionalLong size() {
    return number("size", Long.MAX_VALUE);
  }

  OptionalLong buildDate() {
    return number("builddate", MAX_BUILD_DATE);
  }

  void checkTexts() {
    TEXTS.forEach(this::single);
  }

  void checkRelations() {
    for (Field field : fields) {
      if (!COMPARED.contains(field.key())) {
        continue;
      }
      if (field.value().isEmpty()) {
        refuse(
            field,
            "is empty",
            "no database entry can hold it, and clients since 6.1 refuse the package for that");
      } else if (UNSTABLE_SPACE.matcher(field.value()).find()) {
        refuse(
            field,
            Quoted.of(field.value()) + " has whitespace at an end, twice in a row, or not a space",
            "tools that rewrite the database squeeze it, and clients since 6.1 then refuse the"
                + " package");
      }
    }
  }

  void checkEntryLength(Optional<PackageName> name, Optional<PackageVersion> version) {
    if (name.isEmpty() || version.isEmpty()) {
      return;
    }
    int length = name.get().value().length() + 1 + version.get().value().length();
    if (length > MAX_ENTRY_LENGTH) {
      findings.add(
          Finding.of(
              INVALID,
              subject,
              "name and version have " + length + " characters together",
              "clients can keep " + MAX_ENTRY_LENGTH));
    }
  }

  private <T> Optional<T> required(String key, Function<String, T> type) {
    if (fields.stream().noneMatch(f -> f.key().equals(key))) {
      findings.add(
          Finding.of(
              "pkginfo-incomplete", subject, "there is no " + key, "clients refuse the package"));
    }
    return single(key).flatMap(f -> value(f, type));
  }

  /** The only value of a key; clients and other tools differ in which of several they take. */
  private Optional<Field> single(String key) {
    List<Field> all = fields.stream().filter(f -> f.key().equals(key)).toList();
    for (int i = 1; i < all.size(); i++) {
      Field first = all.get(0);
      if (!all.get(i).value().equals(first.value())) {
        refuse(
            all.get(i),
            Quoted.of(all.get(i).value())
                + " contradicts line "
                + first.line()
                + ", "
                + Quoted.of(first.value()),
            "tools differ in which of the two they believe");
        return Optional.empty();
      }
    }
    return all.stream().findFirst();
  }

  private <T> Optional<T> value(Field field, Function<String, T> type) {
    try {
      return Optional.of(type.apply(field.value()));
    } catch (IllegalArgumentException e) {
      findings.add(
          Finding.of(
              INVALID,
              place(field),
              String.valueOf(e.getMessage()),
              "clients could not read the database that has it"));
      return Optional.empty();
    }
  }

  private OptionalLong number(String key, long max) {
    Optional<Field> field = single(key);
    if (field.isEmpty()) {
      return OptionalLong.empty();
    }
    String value = field.get().value();
    if (!NUMBER.matcher(value).matches() || Long.parseLong(value) > max) {
      refuse(
          field.get(),
          Quoted.of(value)
              + " is not a number from 0 to "
              + Math.min(max, 999_999_999_999_999_999L),
          "");
      return OptionalLong.empty();
    }
    return OptionalLong.of(Long.parseLong(value));
  }

  private void refuse(Field field, String reason, String detail) {
    List<String> details = detail.isEmpty() ? List.of() : List.of(detail);
    findings.add(new Finding(INVALID, place(field), field.key() + " " + reason, details));
  }

  private String place(Field field) {
    return subject + ":" + field.line();
  }
}
