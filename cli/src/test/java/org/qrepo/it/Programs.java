package org.qrepo.it;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.opentest4j.TestAbortedException;

/**
 * The programs of the machine that tests rely on. A test that needs one which is missing is skipped
 * with the reason, or fails where {@code QREPO_REQUIRE_TOOLS=1} says that all of them are here.
 */
public final class Programs {
  private static final List<String> SYSTEM_FOLDERS = List.of("/usr/sbin", "/sbin");

  private Programs() {}

  /** Returns only if all of them are installed. */
  public static void require(String... programs) {
    List<String> missing = Arrays.stream(programs).filter(p -> find(p).isEmpty()).toList();
    if (missing.isEmpty()) {
      return;
    }
    String reason = "needs " + String.join(", ", missing) + ", which ./check installs";
    if (isRequired()) {
      fail(reason);
    }
    throw new TestAbortedException(reason);
  }

  /** Where a program is, on the PATH or among those for the administrator. */
  public static Optional<Path> find(String program) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return java.util.stream.Stream.concat(
            Arrays.stream(path.split(File.pathSeparator)).filter(f -> !f.isEmpty()),
            SYSTEM_FOLDERS.stream())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static boolean isRequired() {
    return "1".equals(System.getenv("QREPO_REQUIRE_TOOLS"))
        || "1".equals(System.getProperty("QREPO_REQUIRE_TOOLS"));
  }
}
