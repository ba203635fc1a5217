package org.qrepo.repodata;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.qrepo.rpm.RpmHeader;
import org.qrepo.rpm.RpmTag;
import org.qrepo.rpm.RpmVersion;

/**
 * Something that a package needs, offers or cannot stand.
 *
 * @param bound how the version is compared: LT, GT, EQ, LE, GE; empty if any will do
 * @param version as the header has it
 * @param before whether it is needed before the package is installed
 */
record Relation(String name, String bound, String version, boolean before) {
  private static final int SENSE = 0xf;
  private static final int LESS = 1 << 1;
  private static final int GREATER = 1 << 2;
  private static final int EQUAL = 1 << 3;

  /** Needed at once, for the script before the installation, or for the one after it. */
  private static final int BEFORE = 1 << 6 | 1 << 9 | 1 << 10;

  /** Needs that the C library's versions are, of which the highest says it all. */
  private static final String C_LIBRARY = "libc.so.6";

  /** The lists of a package, in the order of the metadata. */
  enum Kind {
    PROVIDES(RpmTag.PROVIDE_NAME, RpmTag.PROVIDE_FLAGS, RpmTag.PROVIDE_VERSION),
    REQUIRES(RpmTag.REQUIRE_NAME, RpmTag.REQUIRE_FLAGS, RpmTag.REQUIRE_VERSION),
    CONFLICTS(RpmTag.CONFLICT_NAME, RpmTag.CONFLICT_FLAGS, RpmTag.CONFLICT_VERSION),
    OBSOLETES(RpmTag.OBSOLETE_NAME, RpmTag.OBSOLETE_FLAGS, RpmTag.OBSOLETE_VERSION),
    SUGGESTS(RpmTag.SUGGEST_NAME, RpmTag.SUGGEST_FLAGS, RpmTag.SUGGEST_VERSION),
    ENHANCES(RpmTag.ENHANCE_NAME, RpmTag.ENHANCE_FLAGS, RpmTag.ENHANCE_VERSION),
    RECOMMENDS(RpmTag.RECOMMEND_NAME, RpmTag.RECOMMEND_FLAGS, RpmTag.RECOMMEND_VERSION),
    SUPPLEMENTS(RpmTag.SUPPLEMENT_NAME, RpmTag.SUPPLEMENT_FLAGS, RpmTag.SUPPLEMENT_VERSION);

    private final int names;
    private final int flags;
    private final int versions;

    Kind(int names, int flags, int versions) {
      this.names = names;
      this.flags = flags;
      this.versions = versions;
    }
  }

  /** One of the lists as the header has it. */
  static List<Relation> of(RpmHeader header, Kind kind) {
    List<String> names = header.texts(kind.names);
    List<String> versions = header.texts(kind.versions);
    List<Relation> relations = new ArrayList<>(names.size());
    for (int i = 0; i < names.size(); i++) {
      int flags = (int) header.number(kind.flags, i).orElse(0);
      String version = i < versions.size() ? versions.get(i) : "";
      boolean before = kind == Kind.REQUIRES && (flags & BEFORE) != 0;
      relations.add(new Relation(names.get(i), bound(flags), version, before));
    }
    return relations;
  }

  private static String bound(int flags) {
    return switch (flags & SENSE) {
      case LESS -> "LT";
      case GREATER -> "GT";
      case EQUAL -> "EQ";
      case LESS | EQUAL -> "LE";
      case GREATER | EQUAL -> "GE";
      default -> "";
    };
  }

  /**
   * What the package needs of others: without what it has itself, what concerns rpm alone, and what
   * is said twice.
   *
   * @param files those of its files that this document lists
   */
  static List<Relation> needs(RpmHeader header, Set<String> files) {
    Set<Relation> own = new HashSet<>(of(header, Kind.PROVIDES));
    Map<String, Relation> last = new HashMap<>();
    List<Relation> needs = new ArrayList<>();
    Optional<Relation> library = Optional.empty();
    for (Relation need : of(header, Kind.REQUIRES)) {
      if (need.name().startsWith("rpmlib(")
          || files.contains(need.name())
          || own.contains(need.whenever())
          || Objects.equals(last.put(need.name(), need), need)) {
        continue;
      }
      if (need.name().startsWith(C_LIBRARY)) {
        library = Optional.of(library.filter(l -> need.compareSymbols(l) <= 0).orElse(need));
      } else {
        needs.add(need);
      }
    }
    library.ifPresent(needs::add);
    return needs;
  }

  private Relation whenever() {
    return new Relation(name, bound, version, false);
  }

  private int compareSymbols(Relation other) {
    return RpmVersion.compareParts(symbols(), other.symbols());
  }

  /** Of {@code libc.so.6(GLIBC_2.4)(64bit)}, {@code GLIBC_2.4}. */
  private String symbols() {
    int start = name.indexOf('(');
    int end = name.indexOf(')');
    return start < 0 || end < start ? "" : name.substring(start + 1, end);
  }

  /** {@code epoch}, {@code ver} and {@code rel}; nothing if any version will do. */
  void write(Xml xml) throws Xml.TooLongException {
    xml.raw("      <rpm:entry").attribute("name", name);
    if (!bound.isEmpty()) {
      xml.attribute("flags", bound);
    }
    if (!version.isEmpty()) {
      writeVersion(xml);
    }
    if (before) {
      xml.attribute("pre", 1);
    }
    xml.raw("/>\n");
  }

  private void writeVersion(Xml xml) throws Xml.TooLongException {
    int colon = version.indexOf(':');
    String epoch = colon > 0 ? version.substring(0, colon) : "0";
    String rest = version.substring(colon + 1);
    int dash = rest.indexOf('-');
    xml.attribute("epoch", epoch);
    xml.attribute("ver", dash < 0 ? rest : rest.substring(0, dash));
    if (dash >= 0) {
      xml.attribute("rel", rest.substring(dash + 1));
    }
  }
}
