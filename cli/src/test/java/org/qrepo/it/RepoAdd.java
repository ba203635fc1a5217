package org.qrepo.it;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The real repo-add, as an oracle for what a database holds. */
final class RepoAdd {
  private RepoAdd() {}

  /**
   * Adds packages to a database that it makes if need be.
   *
   * @param folder where the database lies or will lie
   * @return the database {@code NAME.db.tar.gz}; its file lists are beside it
   */
  static Path add(Path folder, String name, List<Path> packages) {
    Programs.require("repo-add", "bsdtar");
    Path database = folder.resolve(name + ".db.tar.gz");
    Command.of("repo-add", "-q", database.toString())
        .with(packages.stream().map(Path::toString).toList())
        .run()
        .expectSuccess();
    return database;
  }

  /** Unpacks a database with bsdtar; the entries are then folders below {@code into}. */
  static Path unpack(Path database, Path into) {
    Programs.require("bsdtar");
    Command.of("bsdtar", "-xf", database.toString(), "-C", into.toString()).run().expectSuccess();
    return into;
  }

  /** A {@code desc} without the blocks that repo-add writes and a v2 database leaves out. */
  static String asVersion2(String desc) {
    return Stream.of(desc.split("(?<=\n\n)"))
        .filter(block -> !block.startsWith("%MD5SUM%\n") && !block.startsWith("%PGPSIG%\n"))
        .reduce("", String::concat);
  }
}
