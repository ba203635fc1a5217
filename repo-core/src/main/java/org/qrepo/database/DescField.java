package org.qrepo.database;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The fields of a {@code desc} file, in the order in which they are written since pacman 5.0.
 * alpm-repo-desc(7) calls the form with MD5SUM version 1 and the one without version 2.
 */
enum DescField {
  FILENAME(Kind.MEASURED, ""),
  NAME(Kind.SINGLE, "pkgname"),
  BASE(Kind.SINGLE, "pkgbase"),
  VERSION(Kind.SINGLE, "pkgver"),
  DESC(Kind.SINGLE, "pkgdesc"),
  GROUPS(Kind.COMPARED, "group"),
  CSIZE(Kind.MEASURED, ""),
  ISIZE(Kind.SINGLE, "size"),
  MD5SUM(Kind.MEASURED, ""),
  SHA256SUM(Kind.MEASURED, ""),
  PGPSIG(Kind.MEASURED, ""),
  URL(Kind.SINGLE, "url"),
  LICENSE(Kind.LIST, "license"),
  ARCH(Kind.SINGLE, "arch"),
  BUILDDATE(Kind.SINGLE, "builddate"),
  PACKAGER(Kind.SINGLE, "packager"),
  REPLACES(Kind.COMPARED, "replaces"),
  CONFLICTS(Kind.COMPARED, "conflict"),
  PROVIDES(Kind.COMPARED, "provides"),
  DEPENDS(Kind.COMPARED, "depend"),
  OPTDEPENDS(Kind.LIST, "optdepend"),
  MAKEDEPENDS(Kind.LIST, "makedepend"),
  CHECKDEPENDS(Kind.LIST, "checkdepend");

  private static final Map<String, DescField> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(Enum::name, Function.identity()));

  private final Kind kind;
  private final String packageKey;

  DescField(Kind kind, String packageKey) {
    this.kind = kind;
    this.packageKey = packageKey;
  }

  static Optional<DescField> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** The key of the same field in {@code .PKGINFO}; empty for what is measured on the file. */
  String packageKey() {
    return packageKey;
  }

  boolean isMeasured() {
    return kind == Kind.MEASURED;
  }

  /** Whether clients read one line only and look for a field name in the next. */
  boolean isSingle() {
    return kind == Kind.SINGLE || kind == Kind.MEASURED;
  }

  /** Whether clients since pacman 6.1 refuse a package whose own list differs. */
  boolean isCompared() {
    return kind == Kind.COMPARED;
  }

  private enum Kind {
    /** One value, of the file itself. */
    MEASURED,
    /** One value from the package's metadata. */
    SINGLE,
    /** Any number of values. */
    LIST,
    /** Any number of values, and they must be the package's own. */
    COMPARED
  }
}
