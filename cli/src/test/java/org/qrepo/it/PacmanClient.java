package org.qrepo.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The real pacman with a root, database, cache and keyring of its own, which demands signatures of
 * packages and databases. Works as root, and under fakeroot for everyone else.
 */
final class PacmanClient implements AutoCloseable {
  private final Path home;
  private final Path configuration;
  private final String repository;
  private final GpgHome keyring;

  /**
   * @param home a folder to make, with a short path
   * @param repository its name, which is the section of the configuration
   * @param server what stands after {@code Server =}
   * @param certificate the only one that this client trusts
   */
  PacmanClient(Path home, String repository, String server, Path certificate) {
    Programs.require("pacman");
    this.home = home;
    this.repository = repository;
    try {
      for (String folder : List.of("root", "db", "cache", "hooks")) {
        Files.createDirectories(home.resolve(folder));
      }
      keyring = new GpgHome(home.resolve("g"));
      // Without this file pacman says "Public keyring not found".
      Files.createFile(keyring.path().resolve("pubring.gpg"));
      keyring.trust(certificate);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    configuration = home.resolve("pacman.conf");
    ask(server);
  }

  /**
   * Turns to another server of the same repository.
   *
   * @param server what stands after {@code Server =}
   */
  void ask(String server) {
    try {
      Files.writeString(configuration, text(server));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String text(String server) {
    return """
        [options]
        RootDir = HOME/root
        DBPath = HOME/db/
        CacheDir = HOME/cache/
        LogFile = HOME/log
        GPGDir = HOME/g/
        HookDir = HOME/hooks/
        Architecture = x86_64
        SigLevel = Required
        [%s]
        Server = %s
        """
        .formatted(repository, server)
        .replace("HOME", home.toString());
  }

  /** What {@code --config} takes. */
  Path configuration() {
    return configuration;
  }

  /** Any pacman command with this client's configuration. */
  Command.Output run(String... arguments) {
    return command()
        .with("--config", configuration.toString(), "--noconfirm")
        .with(arguments)
        .run();
  }

  private static Command command() {
    if (isRoot()) {
      return Command.of("pacman");
    }
    Programs.require("fakeroot");
    return Command.of("fakeroot", "pacman");
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** {@code -Sy}: fetches the database if it is newer than the one that the client holds. */
  Command.Output sync() {
    return run("-Sy");
  }

  /** {@code -S} without dependencies from elsewhere and without scriptlets, which need a shell. */
  Command.Output install(String... packages) {
    return run(concat(List.of("-Sdd", "--noprogressbar", "--noscriptlet"), packages));
  }

  /** {@code -Syu}. */
  Command.Output upgrade() {
    return run("-Syudd", "--noprogressbar", "--noscriptlet");
  }

  /** {@code -Syyuu}: also to lower versions. */
  Command.Output downgrade() {
    return run("-Syyuudd", "--noprogressbar", "--noscriptlet");
  }

  Command.Output remove(String... packages) {
    return run(concat(List.of("-Rdd", "--noscriptlet"), packages));
  }

  /** {@code -Fy}: fetches the file lists. */
  Command.Output syncFiles() {
    return run("-Fy");
  }

  /** The files of a package by the repository's file lists, as {@code -Flq} prints them. */
  List<String> files(String name) {
    return run("-Flq", repository + "/" + name).expectSuccess().lines();
  }

  /** Makes it a machine on which nothing was ever installed, synced or fetched. */
  void forget() {
    for (String folder : List.of("root", "db", "cache")) {
      Command.of("rm", "-rf", home.resolve(folder).toString()).run().expectSuccess();
      try {
        Files.createDirectories(home.resolve(folder));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** What the repository offers by the database that the client holds: {@code name version}. */
  List<String> list() {
    return run("-Sl", repository).expectSuccess().lines().stream()
        .map(line -> line.split(" "))
        .map(words -> words[1] + " " + words[2])
        .toList();
  }

  /** What is installed: {@code name version}. */
  List<String> installed() {
    return run("-Q").lines();
  }

  /** A file of an installed package. */
  Path root() {
    return home.resolve("root");
  }

  /** The bytes of the database that the client holds. */
  Optional<byte[]> database() {
    Path file = home.resolve("db/sync").resolve(repository + ".db");
    try {
      return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stands for one fetch of the database: the next one makes a file of its own. */
  String fetched() {
    Path file = home.resolve("db/sync").resolve(repository + ".db");
    try {
      return Files.readAttributes(file, "unix:ino,ctime").toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String[] concat(List<String> options, String... more) {
    return java.util.stream.Stream.concat(options.stream(), java.util.Arrays.stream(more))
        .toArray(String[]::new);
  }

  @Override
  public void close() {
    keyring.close();
  }
}
