package org.qrepo.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.ConfigException;
import org.qrepo.cli.config.ConfigLoader;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.Verbosity;
import org.qrepo.store.Stores;

/** What a command has at hand: where to speak, where it is, what it was configured with. */
public final class Session {
  private final Surroundings surroundings;
  private final Console console;
  private final Verbosity verbosity;
  private final Set<Finding> said = new HashSet<>();
  private final Optional<String> configFile;

  Session(
      Surroundings surroundings,
      Console console,
      Verbosity verbosity,
      Optional<String> configFile) {
    this.surroundings = surroundings;
    this.console = console;
    this.verbosity = verbosity;
    this.configFile = configFile;
  }

  public Console console() {
    return console;
  }

  /** The environment variables. */
  public Map<String, String> environment() {
    return surroundings.environment();
  }

  /**
   * What {@code SOURCE_DATE_EPOCH} says, which makes bytes the same each time.
   *
   * @throws UsageException if it is no number of seconds
   */
  public Optional<Instant> sourceDate() {
    String epoch = environment().get("SOURCE_DATE_EPOCH");
    if (epoch == null) {
      return Optional.empty();
    }
    if (!epoch.matches("[0-9]{1,10}")) {
      throw new UsageException("SOURCE_DATE_EPOCH=" + epoch + " is not a number of seconds");
    }
    return Optional.of(Instant.ofEpochSecond(Long.parseLong(epoch)));
  }

  public Terminal terminal() {
    return surroundings.terminal();
  }

  /** The places that can be published to. */
  public Stores stores() {
    return surroundings.stores();
  }

  public InputStream in() {
    return surroundings.in();
  }

  /** The directory that relative paths start from. */
  public Path cwd() {
    return surroundings.cwd();
  }

  /**
   * A path that the user gave.
   *
   * @throws UsageException if it cannot be one
   */
  public Path path(String given) {
    try {
      return surroundings.cwd().resolve(given).normalize();
    } catch (InvalidPathException e) {
      throw new UsageException("'" + given + "' is not a path");
    }
  }

  /**
   * The configuration; its warnings are said, each once.
   *
   * @param flags values of this command's own flags
   * @throws ConfigException with everything that is wrong
   */
  public Config config(ConfigLoader.Flag... flags) throws IOException {
    Config config = new ConfigLoader(cwd(), environment()).load(configFile, List.of(flags));
    config.warnings().stream().filter(said::add).forEach(console::warning);
    return config;
  }

  /** The directory that the user calls home. */
  public Path home() {
    return new ConfigLoader(cwd(), environment()).home();
  }

  /**
   * Where qrepo keeps what it remembers of this user's publishing: {@code $XDG_STATE_HOME/qrepo}.
   */
  public Path stateDirectory() {
    String xdg = environment().getOrDefault("XDG_STATE_HOME", "");
    return (xdg.startsWith("/") ? Path.of(xdg) : home().resolve(".local/state")).resolve("qrepo");
  }

  /**
   * Runs another command of qrepo on the configuration of a directory, and on nothing else that
   * this user has configured or published; its results go where messages go.
   *
   * @param state what is remembered of publishing goes below this directory
   * @return its exit status
   */
  public int run(Path directory, Path state, List<String> words) {
    Map<String, String> environment = new HashMap<>(environment());
    environment.keySet().removeIf(name -> name.startsWith("QREPO_"));
    environment.put("XDG_STATE_HOME", state.toString());
    Surroundings there =
        new Surroundings(
            directory,
            environment,
            surroundings.in(),
            surroundings.err(),
            surroundings.err(),
            terminal(),
            stores());
    List<String> typed = new ArrayList<>(words);
    if (verbosity == Verbosity.QUIET) {
      typed.add("--quiet");
    }
    return Main.run(typed, there);
  }

  /** The configuration of a directory, without what variables say. */
  public Config configOf(Path directory) throws IOException {
    return new ConfigLoader(directory, Map.of("HOME", home().toString()))
        .load(Optional.of(ConfigLoader.FILE_NAME), List.of());
  }
}
