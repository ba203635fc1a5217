package org.qrepo.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The program as users run it: the jar that the build made, in a process of its own, with a home
 * that holds nothing of the person who runs the tests.
 */
final class QrepoCli {
  static final Path JAR = Path.of("target", "qrepo.jar").toAbsolutePath();

  private final Path home;
  private final Map<String, String> environment;

  /**
   * @param home a folder for its settings and its memory of what it published
   */
  QrepoCli(Path home) {
    this(home, Map.of());
  }

  /**
   * @param environment what it needs besides
   */
  QrepoCli(Path home, Map<String, String> environment) {
    if (!Files.isRegularFile(JAR)) {
      throw new AssertionError("the build made no " + JAR);
    }
    this.home = home;
    this.environment = environment;
  }

  Command command(String... arguments) {
    return commandInHeap("256m", arguments);
  }

  /**
   * @param most what Java calls {@code -Xmx}
   */
  Command commandInHeap(String most, String... arguments) {
    Command command =
        Command.of(Path.of(System.getProperty("java.home"), "bin", "java").toString())
            .with("-Xmx" + most, "-XX:+UseSerialGC", "-jar", JAR.toString())
            .with(arguments)
            .in(home)
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home.resolve("config"))
            .env("XDG_STATE_HOME", home.resolve("state"))
            .env("XDG_CACHE_HOME", home.resolve("cache"));
    environment.forEach(command::env);
    return command;
  }

  Command.Output run(String... arguments) {
    return command(arguments).run();
  }
}
