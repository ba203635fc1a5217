package org.qrepo.alpm;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.qrepo.Finding;
import org.qrepo.RefusedException;

/**
 * The metadata of a package, its member {@code .PKGINFO}: fields in their order, values verbatim,
 * unknown fields kept. Only what clients need is demanded: a name and a version. Refused is what
 * clients could not read, or what would make them refuse the package because it differs from its
 * database entry. Source of the format: PKGINFO(5), and libalpm's reading of it.
 */
public final class PackageInfo {
  /** In bytes; real ones have a few thousand. */
  public static final int MAX_SIZE = 1 << 20;

  private final List<Field> fields;
  private final PackageName name;
  private final PackageVersion version;
  private final Optional<PackageName> base;
  private final Optional<Architecture> architecture;
  private final OptionalLong size;
  private final OptionalLong buildDate;

  private PackageInfo(
      List<Field> fields,
      PackageName name,
      PackageVersion version,
      Optional<PackageName> base,
      Optional<Architecture> architecture,
      OptionalLong size,
      OptionalLong buildDate) {
    this.fields = fields;
    this.name = name;
    this.version = version;
    this.base = base;
    this.architecture = architecture;
    this.size = size;
    this.buildDate = buildDate;
  }

  /**
   * Reads the metadata.
   *
   * @param subject what findings speak of: the package's file name and the member's
   * @throws RefusedException with all that is wrong, each with its line
   */
  public static PackageInfo parse(String subject, byte[] bytes) {
    Findings findings = new Findings();
    if (bytes.length > MAX_SIZE) {
      throw new RefusedException(
          Finding.of("pkginfo-malformed", subject, "metadata have more than 1 MiB"));
    }
    List<Field> fields = FieldLines.parse(subject, bytes, findings);
    PackageInfoRules rules = new PackageInfoRules(subject, fields, findings);
    rules.checkRelations();
    Optional<PackageName> name = rules.name();
    Optional<PackageVersion> version = rules.version();
    Optional<PackageName> base = rules.base();
    Optional<Architecture> architecture = rules.architecture();
    OptionalLong size = rules.size();
    OptionalLong buildDate = rules.buildDate();
    rules.checkTexts();
    rules.checkEntryLength(name, version);
    findings.refuseIfAny();
    return new PackageInfo(
        fields, name.orElseThrow(), version.orElseThrow(), base, architecture, size, buildDate);
  }

  /** {@code pkgname}. */
  public PackageName name() {
    return name;
  }

  /** {@code pkgver}. */
  public PackageVersion version() {
    return version;
  }

  /** {@code pkgbase}: the source package, the same for all packages that were split from it. */
  public Optional<PackageName> base() {
    return base;
  }

  /** {@code arch}; clients accept a package without. */
  public Optional<Architecture> architecture() {
    return architecture;
  }

  /** {@code size}: bytes that the files take when installed. */
  public OptionalLong size() {
    return size;
  }

  /** {@code builddate}, in seconds since 1970, at most what a tar header holds. */
  public OptionalLong buildDate() {
    return buildDate;
  }

  /** {@code pkgdesc}, verbatim. */
  public Optional<String> description() {
    return first("pkgdesc");
  }

  /** {@code url}, verbatim and not checked; makepkg writes an empty one if there is none. */
  public Optional<String> url() {
    return first("url");
  }

  /** {@code packager}, verbatim. */
  public Optional<String> packager() {
    return first("packager");
  }

  /** All values of a key, verbatim, in file order, duplicates and empty ones kept. */
  public List<String> values(String key) {
    return fields.stream().filter(f -> f.key().equals(key)).map(Field::value).toList();
  }

  /** The first value of a key. Keys that may stand only once have no two that differ. */
  public Optional<String> first(String key) {
    return fields.stream().filter(f -> f.key().equals(key)).map(Field::value).findFirst();
  }

  /** All fields in file order. */
  public List<Field> fields() {
    return fields;
  }
}
