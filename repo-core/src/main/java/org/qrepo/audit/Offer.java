package org.qrepo.audit;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.qrepo.alpm.PackageName;
import org.qrepo.alpm.PackageVersion;
import org.qrepo.database.DatabaseEntry;

/** A package as one repository offers it. Each is equal to itself alone. */
final class Offer {
  private final String repository;
  private final int rank;
  private final PackageName name;
  private final PackageVersion version;
  private final String base;
  private final Optional<String> architecture;
  private final List<Relation> depends;
  private final List<Relation> provides;
  private final List<Relation> conflicts;
  private final List<Relation> replaces;
  private final List<Relation> buildNeeds;

  /**
   * @param rank of the repository among those of a client; the first is 0
   */
  Offer(String repository, int rank, DatabaseEntry entry) {
    this.repository = repository;
    this.rank = rank;
    this.name = entry.name();
    this.version = entry.version();
    this.base = entry.values("BASE").stream().findFirst().orElse(name.value());
    this.architecture = entry.values("ARCH").stream().findFirst();
    this.depends = relations(entry, "DEPENDS");
    this.provides = relations(entry, "PROVIDES");
    this.conflicts = relations(entry, "CONFLICTS");
    this.replaces = relations(entry, "REPLACES");
    this.buildNeeds =
        Stream.concat(
                relations(entry, "MAKEDEPENDS").stream(), relations(entry, "CHECKDEPENDS").stream())
            .toList();
  }

  private static List<Relation> relations(DatabaseEntry entry, String field) {
    return entry.values(field).stream().map(Relation::parse).toList();
  }

  String repository() {
    return repository;
  }

  int rank() {
    return rank;
  }

  PackageName name() {
    return name;
  }

  PackageVersion version() {
    return version;
  }

  /** What it is built from: the name of its sources. */
  String base() {
    return base;
  }

  Optional<String> architecture() {
    return architecture;
  }

  List<Relation> depends() {
    return depends;
  }

  List<Relation> provides() {
    return provides;
  }

  List<Relation> conflicts() {
    return conflicts;
  }

  List<Relation> replaces() {
    return replaces;
  }

  /** What building and testing it needs beside its dependencies. */
  List<Relation> buildNeeds() {
    return buildNeeds;
  }

  /** Whether its own name and version will do. */
  boolean isMeant(Relation relation) {
    return relation.name().equals(name.value()) && relation.accepts(version.value());
  }

  /** Whether it will do, itself or by what it provides. */
  boolean satisfies(Relation relation) {
    return isMeant(relation) || provides.stream().anyMatch(relation::isMetBy);
  }

  /** Whether it goes by that name, whatever the version. */
  boolean goesBy(String other) {
    return name.value().equals(other) || provides.stream().anyMatch(p -> p.name().equals(other));
  }

  /** The versions that it has under a name; an empty one if it provides the name without any. */
  Stream<String> versionsOf(String other) {
    return Stream.concat(
        name.value().equals(other) ? Stream.of(version.value()) : Stream.empty(),
        provides.stream().filter(p -> p.name().equals(other)).map(Relation::version));
  }

  /** {@code extra/foo 1.0-1}. */
  @Override
  public String toString() {
    return repository + "/" + name + " " + version;
  }
}
