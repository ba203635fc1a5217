package org.qrepo.cli.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.ConfigLoader;
import org.qrepo.cli.config.Location;
import org.qrepo.cli.keys.KeyWord;
import org.qrepo.cli.keys.SigningKeys;
import org.qrepo.cli.keys.TrustedKeys;
import picocli.CommandLine.Option;

/**
 * The flags of every command that works on a repository. With them, no configuration file is
 * needed.
 */
public final class RepositoryFlags {
  @Option(
      names = "--name",
      paramLabel = "N",
      description = "The repository's name, as in pacman.conf.")
  private @Nullable String name;

  @Option(
      names = "--key",
      paramLabel = "K",
      description = "Sign with this key: " + KeyWord.FORMS + ".")
  private @Nullable String key;

  @Option(
      names = "--trust",
      paramLabel = "CERT|FPR",
      arity = "1",
      description = "Accept signatures of this certificate too; may be repeated.")
  private List<String> trust = new ArrayList<>();

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "Read the key's passphrase from the first line of FILE.")
  private @Nullable String passphraseFile;

  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "What clients use after Server =, for the check as a stranger.")
  private @Nullable String server;

  @Option(
      names = "--layout",
      paramLabel = "LAYOUT",
      description = "pointer, redirect or plain (default: the best that the store can do).")
  private @Nullable String layout;

  @Option(
      names = "--lock-wait",
      paramLabel = "SECONDS",
      description = "How long to wait for other publishers (default: ${DEFAULT-VALUE}).")
  private int lockWait = 60;

  private @Nullable String bandwidth;

  /**
   * The same flags without those that describe one place: {@code --server} and {@code --layout}.
   */
  public RepositoryFlags withoutPlace() {
    RepositoryFlags rest = new RepositoryFlags();
    rest.name = name;
    rest.key = key;
    rest.trust = trust;
    rest.passphraseFile = passphraseFile;
    rest.lockWait = lockWait;
    return rest;
  }

  /** The same flags, and {@code --bandwidth}. */
  RepositoryFlags withBandwidth(String rate) {
    RepositoryFlags more = withoutPlace();
    more.server = server;
    more.layout = layout;
    more.bandwidth = rate;
    return more;
  }

  /** The name that an unnamed target gets, so that flags can describe it. */
  private static final String UNNAMED = "here";

  /**
   * The configuration with these flags, and the targets that {@code wanted} names, in that order.
   *
   * @param wanted what {@code --to} or the argument said: names of targets, directories, URLs; if
   *     there is none, the only target of the configuration
   */
  Chosen choose(Session session, List<String> wanted, List<ConfigLoader.Flag> more)
      throws IOException {
    List<ConfigLoader.Flag> flags = plainFlags(session, more);
    Config plain = session.config(flags.toArray(ConfigLoader.Flag[]::new));
    List<String> words = wanted.isEmpty() ? onlyTarget(plain) : wanted.stream().distinct().toList();
    if (server != null && words.size() > 1) {
      throw new UsageException("--server is where clients find one repository: name one target");
    }
    List<String> names = new ArrayList<>();
    for (String word : words) {
      String target = word;
      if (!plain.targets().containsKey(word)) {
        target = unused(plain, names);
        location(session, word, plain);
        add(flags, "--to", "targets." + target + ".url", word);
      }
      add(flags, "--server", "targets." + target + ".server", server);
      add(flags, "--layout", "targets." + target + ".layout", layout);
      add(flags, "--bandwidth", "targets." + target + ".bandwidth", bandwidth);
      names.add(target);
    }
    Config config = session.config(flags.toArray(ConfigLoader.Flag[]::new));
    return new Chosen(config, names.stream().map(n -> target(plain, config, n)).toList());
  }

  /** The configuration with these flags, where no target matters. */
  public Config configuration(Session session, ConfigLoader.Flag... more) throws IOException {
    return session.config(plainFlags(session, List.of(more)).toArray(ConfigLoader.Flag[]::new));
  }

  private List<ConfigLoader.Flag> plainFlags(Session session, List<ConfigLoader.Flag> more) {
    List<ConfigLoader.Flag> flags = new ArrayList<>(more);
    add(flags, "--name", "repository.name", name);
    keyFlag(session, flags);
    return flags;
  }

  /** A name for a target that has none, which neither the configuration nor another one has. */
  private static String unused(Config plain, List<String> names) {
    String name = UNNAMED;
    for (int i = 2; plain.targets().containsKey(name) || names.contains(name); i++) {
      name = UNNAMED + i;
    }
    return name;
  }

  private static Target target(Config plain, Config config, String name) {
    Config.Target target = Objects.requireNonNull(config.targets().get(name));
    return new Target(plain.targets().containsKey(name) ? name : target.url().display(), target);
  }

  /** A configuration and the targets that were chosen. */
  record Chosen(Config config, List<Target> targets) {}

  /**
   * One target.
   *
   * @param called what the user calls it: its name, or where it is
   */
  record Target(String called, Config.Target target) {}

  /** How long to wait for another publisher's lock. */
  Duration lockPatience() {
    if (lockWait < 0) {
      throw new UsageException("--lock-wait " + lockWait + ": a number of seconds is needed");
    }
    return Duration.ofSeconds(lockWait);
  }

  /** Whose signatures count, where no target matters. */
  public TrustedKeys trusted(Session session) throws IOException {
    List<ConfigLoader.Flag> own = new ArrayList<>();
    keyFlag(session, own);
    return trusted(session, session.config(own.toArray(ConfigLoader.Flag[]::new)));
  }

  /** Whose signatures count. */
  TrustedKeys trusted(Session session, Config config) throws IOException {
    TrustedKeys trusted = TrustedKeys.of(session, config, trust);
    trusted.warnings().forEach(session.console()::warning);
    return trusted;
  }

  /** The key to sign with, opened when it is needed. */
  public SigningKeys signing(Session session, Config config, InstantSource clock) {
    Optional<Path> file = Optional.ofNullable(passphraseFile).map(session::path);
    return new SigningKeys(session, config, file, clock);
  }

  private static List<String> onlyTarget(Config config) {
    if (config.targets().size() == 1) {
      return List.copyOf(config.targets().keySet());
    }
    if (config.targets().isEmpty()) {
      throw new UsageException(
          "say where the repository is",
          "Name a directory or URL, or a target of qrepo.yml (there is none configured).");
    }
    throw new UsageException(
        "say which target is meant: " + String.join(", ", config.targets().keySet()));
  }

  /** A word that is neither a target nor looks like a place is more likely a mistyped target. */
  private static void location(Session session, String word, Config config) {
    Location location;
    try {
      location = Location.parse(word, session.cwd(), session.home());
    } catch (IllegalArgumentException e) {
      String reason = String.valueOf(e.getMessage());
      throw new UsageException(reason.startsWith("'") ? reason : "the place " + reason);
    }
    boolean bare =
        location instanceof Location.Directory && !word.contains("/") && !word.equals(".");
    if (bare && !config.targets().isEmpty() && !Files.exists(session.path(word))) {
      throw new UsageException(
          "'" + word + "' is not a target of the configuration, and there is no such directory",
          "Targets: " + String.join(", ", config.targets().keySet()) + ".",
          "For a new directory write ./" + word + ".");
    }
  }

  private void keyFlag(Session session, List<ConfigLoader.Flag> flags) {
    if (key != null) {
      flags.addAll(KeyWord.flags(session, key));
    }
  }

  private static void add(
      List<ConfigLoader.Flag> flags, String flag, String name, @Nullable String value) {
    if (value != null) {
      flags.add(new ConfigLoader.Flag(flag, name, List.of(value)));
    }
  }
}
