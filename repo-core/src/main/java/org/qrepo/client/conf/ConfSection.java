package org.qrepo.client.conf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The section of a repository, while it is being read. */
final class ConfSection {
  private final String name;
  private final String where;
  private final List<String> servers = new ArrayList<>();
  private final SigLevelWords sigLevel = new SigLevelWords();
  private Optional<String> emptyServer = Optional.empty();
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

  /** All that are written, also an empty one. */
  List<String> servers() {
    return List.copyOf(servers);
  }

  void addServer(String server, String at) {
    if (server.isEmpty() && emptyServer.isEmpty()) {
      emptyServer = Optional.of(at);
    }
    servers.add(server);
  }

  /** Where the first empty server is; pacman does not look at those behind it. */
  Optional<String> emptyServer() {
    return emptyServer;
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
    List<String> asked = servers.stream().takeWhile(s -> !s.isEmpty()).toList();
    return new ConfRepository(
        name, where, asked, sigLevel.over(options), !sigLevel.areNone(), synced || !usageSaid);
  }
}
