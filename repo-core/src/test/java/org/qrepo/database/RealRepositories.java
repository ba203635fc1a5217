package org.qrepo.database;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Published repositories to test against, where they are present. */
final class RealRepositories {
  private RealRepositories() {}

  /** A folder of them; the test is skipped if it is absent. */
  static Path folder(String name) {
    String setting = Program.setting("QREPO_REALREPO");
    List<Path> places =
        setting.isEmpty()
            ? List.of(Path.of("../../shared/realrepo"), Path.of("../../../shared/realrepo"))
            : List.of(Path.of(setting));
    return places.stream()
        .map(p -> p.resolve(name))
        .filter(Files::isDirectory)
        .findFirst()
        .orElseGet(
            () -> {
              Assumptions.abort("the real repository '" + name + "' is absent: set QREPO_REALREPO");
              return Path.of(name);
            });
  }
}
