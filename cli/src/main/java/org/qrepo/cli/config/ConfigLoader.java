package org.qrepo.cli.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.qrepo.Finding;

/** Finds and reads the configuration. */
public final class ConfigLoader {
  /** The file's name in a directory. */
  public static final String FILE_NAME = "qrepo.yml";

  private static final Pattern TARGET = Pattern.compile("targets\\.([^.]+)\\..*");

  private final Path cwd;
  private final Map<String, String> environment;

  /**
   * @param cwd absolute; where relative paths of flags and variables start, and where a file is
   *     looked for
   */
  public ConfigLoader(Path cwd, Map<String, String> environment) {
    this.cwd = cwd;
    this.environment = environment;
  }

  /**
   * Reads the file that there is, and what variables and flags say before it.
   *
   * @param named the file that {@code --config} names
   * @param flags values given by flags, by the full name of the key
   * @throws ConfigException with everything that is wrong
   */
  public Config load(Optional<String> named, List<Flag> flags) throws IOException {
    Findings findings = new Findings();
    Optional<Path> file = find(named);
    Map<String, Given> values = new LinkedHashMap<>();
    if (file.isPresent()) {
      FileKeys.read(file.get(), display(file.get()), findings)
          .forEach(given -> values.put(given.name(), given));
    }
    EnvironmentKeys.read(environment, cwd, targets(values))
        .forEach(given -> values.put(given.name(), given));
    flags.forEach(flag -> values.put(flag.name(), flag.given(cwd)));
    return new Binder(values, home(), findings)
        .bind(file, EnvironmentKeys.mistyped(environment.keySet()));
  }

  /** What is in force where there is no file, no variable and no flag. */
  public Config defaults() {
    return new Binder(Map.of(), home(), new Findings()).bind(Optional.empty(), List.of());
  }

  /** The directory that {@code ~/} stands for. */
  public Path home() {
    String home = environment.getOrDefault("HOME", "");
    return home.startsWith("/") ? Path.of(home) : Path.of(System.getProperty("user.home"));
  }

  private Optional<Path> find(Optional<String> named) {
    String variable = environment.getOrDefault("QREPO_CONFIG", "");
    if (named.isPresent()) {
      return Optional.of(existing(named.get(), "--config"));
    }
    if (!variable.isEmpty()) {
      return Optional.of(existing(variable, "QREPO_CONFIG"));
    }
    Path users = userDirectory().resolve(FILE_NAME);
    return List.of(cwd.resolve(FILE_NAME), users).stream().filter(Files::exists).findFirst();
  }

  private Path existing(String text, String from) {
    Path file = Location.Parts.path(text, cwd, home());
    if (!Files.isRegularFile(file)) {
      String reason = Files.exists(file) ? "is not a file" : "no such file";
      throw new ConfigException(
          List.of(
              Finding.of("config-missing", display(file), reason + " (named by " + from + ")")));
    }
    return file;
  }

  /** Where this user's configuration of qrepo lies. */
  private Path userDirectory() {
    String xdg = environment.getOrDefault("XDG_CONFIG_HOME", "");
    return (xdg.startsWith("/") ? Path.of(xdg) : home().resolve(".config")).resolve("qrepo");
  }

  private String display(Path file) {
    return file.startsWith(cwd) ? cwd.relativize(file).toString() : file.toString();
  }

  private static Set<String> targets(Map<String, Given> values) {
    Set<String> names = new LinkedHashSet<>();
    for (String name : values.keySet()) {
      java.util.regex.Matcher matcher = TARGET.matcher(name);
      if (matcher.matches()) {
        names.add(matcher.group(1));
      }
    }
    return names;
  }

  /**
   * A value that a flag gives.
   *
   * @param flag as the user wrote it: {@code --name}
   * @param name the full name of the key that it sets
   * @param values several for a list
   */
  public record Flag(String flag, String name, List<String> values) {
    public Flag {
      values = List.copyOf(values);
    }

    private Given given(Path cwd) {
      Key key =
          Key.at(name.replaceFirst("^(targets|build\\.overrides)\\.[^.]+", "$1.*"))
              .orElseThrow(() -> new IllegalArgumentException("there is no key " + name));
      Origin origin = new Origin(flag, cwd, true);
      return new Given(
          name, key, values.stream().map(text -> new Given.Item(text, origin)).toList());
    }
  }
}
