package org.qrepo.client.conf;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What {@code [options]} says, as far as it matters for repositories. */
final class ConfOptions {
  private static final Path DATABASES = Path.of("/var/lib/pacman/");
  private static final Set<String> CLEAN_METHODS = Set.of("KeepInstalled", "KeepCurrent");

  private final SigLevelWords sigLevel = new SigLevelWords();
  private final SigLevelWords ofFiles = new SigLevelWords();
  private Optional<String> rootPath = Optional.empty();
  private Optional<String> databasePath = Optional.empty();
  private boolean architecture;

  void take(ConfLine line, List<ConfFinding> findings) throws Stop {
    if (!Directives.isOption(line.key(), line.hasValue())) {
      findings.add(line.unknown("in [options]"));
      return;
    }
    String value = line.value();
    switch (line.key()) {
      case "SigLevel" -> line.takeSigLevel(sigLevel);
      case "LocalFileSigLevel", "RemoteFileSigLevel" -> line.takeSigLevel(ofFiles);
      case "Architecture" -> architecture |= !ConfLine.words(value).isEmpty();
      case "DBPath" -> databasePath = databasePath.or(() -> Optional.of(value));
      case "RootDir" -> rootPath = rootPath.or(() -> Optional.of(value));
      case "CleanMethod" -> requireCleanMethods(line);
      case "ParallelDownloads" -> requirePositive(line);
      default -> {
        // says nothing about repositories
      }
    }
  }

  private static void requireCleanMethods(ConfLine line) throws Stop {
    for (String word : ConfLine.words(line.value())) {
      if (!CLEAN_METHODS.contains(word)) {
        throw line.invalid(word);
      }
    }
  }

  private static void requirePositive(ConfLine line) throws Stop {
    if (!line.value().matches("[+]?0*[1-9][0-9]{0,8}")) {
      throw line.invalid(line.value());
    }
  }

  boolean hasArchitecture() {
    return architecture;
  }

  SigLevel sigLevel() {
    return sigLevel.over(SigLevel.BUILT_IN);
  }

  /** The first {@code DBPath} counts; another root has its databases below itself. */
  Path databasePath(Path base) {
    Path below =
        rootPath.map(root -> base.resolve(root).resolve("var/lib/pacman")).orElse(DATABASES);
    return databasePath.map(base::resolve).orElse(below);
  }
}
