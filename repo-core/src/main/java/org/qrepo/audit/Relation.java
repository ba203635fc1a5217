package org.qrepo.audit;

import org.qrepo.alpm.PackageVersion;

/**
 * What a package says of others, in a dependency, provision, conflict or replacement: {@code
 * name[<|<=|=|>=|>version][: reason]}. Source of the form: alpm-package-relation(7) and
 * PKGBUILD(5). Texts that follow no rule are read as clients read them, which then find no package
 * of that name.
 *
 * @param name of a package, or of something that packages provide
 * @param version empty if any will do
 * @param text as it stands in the database, and as clients print it
 */
record Relation(String name, Comparison comparison, String version, String text) {
  /** How a version is compared with the one that is named. */
  enum Comparison {
    ANY,
    LESS,
    AT_MOST,
    EQUAL,
    AT_LEAST,
    MORE
  }

  /** Reads any text. */
  static Relation parse(String text) {
    int reason = text.indexOf(": ");
    String relation = reason < 0 ? text : text.substring(0, reason);
    for (char sign : new char[] {'<', '>', '='}) {
      int at = relation.indexOf(sign);
      if (at >= 0) {
        boolean orEqual = sign != '=' && relation.startsWith("=", at + 1);
        return new Relation(
            relation.substring(0, at),
            comparison(sign, orEqual),
            relation.substring(at + (orEqual ? 2 : 1)),
            text);
      }
    }
    return new Relation(relation, Comparison.ANY, "", text);
  }

  private static Comparison comparison(char sign, boolean orEqual) {
    return switch (sign) {
      case '<' -> orEqual ? Comparison.AT_MOST : Comparison.LESS;
      case '>' -> orEqual ? Comparison.AT_LEAST : Comparison.MORE;
      default -> Comparison.EQUAL;
    };
  }

  /** Whether something of the right name will do in this version. */
  boolean accepts(String offered) {
    if (comparison == Comparison.ANY) {
      return true;
    }
    int order = PackageVersion.compare(offered, version);
    return switch (comparison) {
      case LESS -> order < 0;
      case AT_MOST -> order <= 0;
      case AT_LEAST -> order >= 0;
      case MORE -> order > 0;
      default -> order == 0;
    };
  }

  /** Whether a provision will do: one without a version meets no relation with a version. */
  boolean isMetBy(Relation provision) {
    return name.equals(provision.name)
        && (comparison == Comparison.ANY
            || (provision.comparison == Comparison.EQUAL && accepts(provision.version)));
  }

  /** Whether an offered version is past all that will do, so that an upgrade broke the relation. */
  boolean isOutrunBy(String offered) {
    return switch (comparison) {
      case LESS, AT_MOST, EQUAL ->
          !accepts(offered) && PackageVersion.compare(offered, version) >= 0;
      case ANY, AT_LEAST, MORE -> false;
    };
  }

  /** Whether it names a shared library, as makepkg writes them: {@code libx.so=1-64}. */
  boolean isSoname() {
    return name.endsWith(".so") || name.contains(".so.");
  }

  @Override
  public String toString() {
    return text;
  }
}
