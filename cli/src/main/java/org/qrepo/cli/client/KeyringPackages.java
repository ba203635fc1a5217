package org.qrepo.cli.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.qrepo.RefusedException;
import org.qrepo.alpm.PackageFile;
import org.qrepo.alpm.PackageName;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.keys.PublisherKey;
import org.qrepo.client.DropIn;
import org.qrepo.client.DropInPriority;
import org.qrepo.client.KeyringIdentity;
import org.qrepo.client.KeyringName;
import org.qrepo.client.KeyringPackage;
import org.qrepo.client.KeyringRelease;
import org.qrepo.database.Database;
import org.qrepo.publish.RepositoryName;
import org.qrepo.sign.Certificate;

/** The keyring package of a configured repository. */
public final class KeyringPackages {
  private final Session session;
  private final Config config;
  private final Instant now;
  private final Optional<Instant> fixed;

  private KeyringPackages(Session session, Config config, Instant now, Optional<Instant> fixed) {
    this.session = session;
    this.config = config;
    this.now = now;
    this.fixed = fixed;
  }

  /** {@code SOURCE_DATE_EPOCH} gives a new version its day and its build date. */
  public static KeyringPackages of(Session session, Config config) {
    Optional<Instant> fixed = session.sourceDate();
    return new KeyringPackages(session, config, fixed.orElseGet(Instant::now), fixed);
  }

  /** The names of the keyring and its package. */
  public static KeyringIdentity identity(Config config) {
    RepositoryName repository = DropIns.name(config);
    if (config.keyring().replaceOfficial()) {
      requireOverride(config);
      return KeyringIdentity.official();
    }
    try {
      KeyringName name =
          config.keyring().name().orElseGet(() -> new KeyringName(repository.value()));
      return KeyringIdentity.own(name);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), "Set keyring.name in qrepo.yml.");
    }
  }

  /** Where the official repository comes first, its qubes-vm-repo replaces the package again. */
  private static void requireOverride(Config config) {
    if (config.client().priority() != DropInPriority.OVERRIDE) {
      throw new UsageException(
          "what replaces Qubes' own keyring has to come before Qubes' own repositories",
          "Set client.priority: override, or leave keyring.replace-official out.");
    }
  }

  /** The package for what is published at a target. */
  public KeyringPackage of(Config.Target target) throws IOException {
    Optional<DropIn> dropIn =
        config.keyring().dropIn() ? Optional.of(DropIns.of(config, target)) : Optional.empty();
    Certificate own = PublisherKey.certificate(session, config);
    Instant today = Instant.now();
    return new KeyringPackage(
        identity(config),
        KeyringKeys.content(session, config, today),
        config
            .keyring()
            .description()
            .orElse("Keys and pacman configuration of the repository " + DropIns.name(config)),
        own.userIds(today).stream().findFirst().orElse(own.fingerprint().hex()),
        dropIn);
  }

  /** Its version, seen from what is published. */
  public KeyringRelease after(Database published, KeyringPackage keyring) {
    Optional<KeyringRelease.Previous> previous =
        published
            .entry(keyring.identity().packageName())
            .flatMap(
                e ->
                    e.sha256()
                        .map(
                            sha256 ->
                                new KeyringRelease.Previous(e.version(), e.buildDate(), sha256)));
    return KeyringRelease.of(keyring, previous, now, fixed);
  }

  /** Its version, seen from the packages that lie in a directory. */
  public KeyringRelease after(Path directory, KeyringPackage keyring) throws IOException {
    return KeyringRelease.of(
        keyring, newest(directory, keyring.identity().packageName()), now, fixed);
  }

  private static Optional<KeyringRelease.Previous> newest(Path directory, PackageName name)
      throws IOException {
    Optional<KeyringRelease.Previous> newest = Optional.empty();
    for (Path file : packages(directory, name)) {
      Optional<KeyringRelease.Previous> one = previous(file, name);
      if (one.isPresent()
          && newest.map(n -> one.get().version().compareTo(n.version()) > 0).orElse(true)) {
        newest = one;
      }
    }
    return newest;
  }

  private static List<Path> packages(Path directory, PackageName name) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(f -> String.valueOf(f.getFileName()).startsWith(name + "-"))
          .filter(f -> f.toString().matches(".*\\.pkg\\.tar(\\.[a-z0-9]+)?"))
          .sorted()
          .toList();
    }
  }

  /** A file that cannot be read as a package is none that came before. */
  private static Optional<KeyringRelease.Previous> previous(Path file, PackageName name)
      throws IOException {
    try {
      PackageFile read = PackageFile.read(file, List.of());
      return read.info().name().equals(name)
          ? Optional.of(
              new KeyringRelease.Previous(
                  read.info().version(), read.info().buildDate().orElse(0), read.sha256()))
          : Optional.empty();
    } catch (RefusedException e) {
      return Optional.empty();
    }
  }
}
