package org.qrepo.client.conf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A configuration of pacman with all that it includes.
 *
 * @param sections the names of all sections of repositories, in their order, as {@code pacman-conf
 *     --repo-list} lists them
 * @param repositories those that pacman uses; a package comes from the first one that has it
 * @param sigLevel what {@code [options]} demands of signatures
 * @param databasePath where pacman keeps its databases
 * @param findings what is wrong or may surprise, in the order found
 */
public record PacmanConf(
    List<String> sections,
    List<ConfRepository> repositories,
    SigLevel sigLevel,
    Path databasePath,
    List<ConfFinding> findings) {
  public PacmanConf {
    sections = List.copyOf(sections);
    repositories = List.copyOf(repositories);
    findings = List.copyOf(findings);
  }

  /**
   * Reads a configuration as pacman does, up to the place where pacman stops.
   *
   * @param file {@code pacman.conf}; relative paths in it are relative to {@code base}
   * @param base the folder in which pacman is called
   */
  public static PacmanConf read(Path file, Path base) throws IOException {
    return new ConfReader(base).read(file);
  }

  /** The gravest effect of a finding; {@link Effect#NOTED} if there is none. */
  public Effect verdict() {
    return findings.stream()
        .map(ConfFinding::effect)
        .max(Comparator.naturalOrder())
        .orElse(Effect.NOTED);
  }

  /** The repository of a name, if pacman uses it. */
  public Optional<ConfRepository> repository(String name) {
    return repositories.stream().filter(r -> r.name().equals(name)).findFirst();
  }
}
