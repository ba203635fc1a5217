package org.qrepo.client.conf;

import java.util.ArrayList;
import java.util.List;

/** The section of a repository, while it is being read. */
final class ConfSection {
  private final String name;
  private final String where;
  private final List<String> servers = new ArrayList<>();
  private final SigLevelWords sigLevel = new SigLevelWords();
  private boolean usageSaid;
  private boolean synced;

  ConfSection(String name, String where) {
    this.name = name;
    this.where = where;
  }

  String name() {
    return name;
  }

  String where() {
    return where;
  }

  List<String> servers() {
    return servers;
  }

  SigLevelWords sigLevel() {
    return sigLevel;
  }

  /** Takes a word of {@code Usage}. */
  void use(String word) {
    usageSaid = true;
    synced |= word.equals("Sync") || word.equals("All");
  }

  ConfRepository with(SigLevel options) {
    return new ConfRepository(
        name, where, servers, sigLevel.over(options), !sigLevel.areNone(), synced || !usageSaid);
  }
}
