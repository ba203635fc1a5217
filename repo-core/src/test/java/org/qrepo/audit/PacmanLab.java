package org.qrepo.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.qrepo.Tools;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.database.DatabaseWriter;
import org.qrepo.io.Compression;

/**
 * The real pacman with repositories that it believes to have fetched and packages that it believes
 * to have installed. Questions are collected and asked at once, since starting programs one by one
 * takes longer than they do.
 */
final class PacmanLab {
  private static final String MARK = "=== next";

  private final Path home;
  private final List<String> commands = new ArrayList<>();
  private int systems;

  /** Skips the test where there is no pacman. */
  PacmanLab(Path home, List<SyncDatabase> repositories) {
    Tools.require("pacman", "fakeroot", "bash");
    this.home = home;
    try {
      for (String folder : List.of("root", "sync", "cache", "hooks", "gpg")) {
        Files.createDirectories(home.resolve(folder));
      }
      StringBuilder configuration =
          new StringBuilder(
              """
              [options]
              RootDir = HOME/root
              CacheDir = HOME/cache/
              LogFile = HOME/log
              GPGDir = HOME/gpg/
              HookDir = HOME/hooks/
              Architecture = x86_64
              SigLevel = Never
              """);
      for (SyncDatabase repository : repositories) {
        configuration
            .append("[" + repository.name() + "]\n")
            .append("Server = file://HOME/nowhere\n");
        Path file = home.resolve("sync").resolve(repository.name() + ".db");
        try (OutputStream out = Files.newOutputStream(file)) {
          DatabaseWriter.write(repository.database(), Optional.empty(), Compression.GZIP, out);
        }
      }
      Files.writeString(
          home.resolve("pacman.conf"), configuration.toString().replace("HOME", home.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What {@code -S} would install on an empty system; conflicts are not looked at. */
  void askWhatIsInstalled(String target) {
    ask(List.of(), "-Sp --print-format %r/%n " + target);
  }

  /** What {@code -S} does on an empty system, until the files are to be fetched, which are not. */
  void askToInstall(String target) {
    ask(List.of(), "-S --noconfirm " + target);
  }

  /** What {@code -Su} would install where some packages are installed, whatever they depend on. */
  void askWhatReplaces(DatabaseEntry installed) {
    ask(List.of(installed), "-Sup -dd --print-format %r/%n");
  }

  /** What {@code -Su} would install where some packages are installed. */
  void askToUpgrade(DatabaseEntry... installed) {
    ask(List.of(installed), "-Sup --print-format %r/%n");
  }

  /** What {@code -Su} does, with its questions about conflicts, until files are to be fetched. */
  void askToUpgradeForGood(DatabaseEntry... installed) {
    ask(List.of(installed), "-Su --noconfirm");
  }

  /** What it answers, in the order of the questions. */
  List<Answer> answers() {
    String script = String.join("\n", commands);
    List<String> program = List.of("bash", "-c", script);
    if (!"root".equals(System.getProperty("user.name"))) {
      program = List.of("fakeroot", "bash", "-c", script);
    }
    String output = new String(Tools.run(home, program.toArray(String[]::new)), UTF_8);
    return Arrays.stream(output.split(MARK + "\n", -1)).skip(1).map(Answer::new).toList();
  }

  private void ask(List<DatabaseEntry> installed, String words) {
    commands.add("echo '" + MARK + "'");
    commands.add(
        "pacman --config pacman.conf --dbpath "
            + system(installed)
            + " "
            + words
            + " 2>&1 </dev/null || true");
  }

  /** A system with these packages, and the repositories that all systems share. */
  private Path system(List<DatabaseEntry> installed) {
    Path system = home.resolve(installed.isEmpty() ? "empty" : "system" + systems++);
    if (Files.exists(system)) {
      return system;
    }
    try {
      Files.createDirectories(system.resolve("local"));
      Files.createSymbolicLink(system.resolve("sync"), home.resolve("sync"));
      Files.writeString(system.resolve("local/ALPM_DB_VERSION"), "9\n");
      for (DatabaseEntry entry : installed) {
        Path folder = Files.createDirectory(system.resolve("local").resolve(entry.directory()));
        Files.write(folder.resolve("desc"), entry.desc());
        Files.writeString(folder.resolve("files"), "%FILES%\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return system;
  }

  /** What pacman printed. */
  record Answer(String text) {
    /** Lines with that in them. */
    List<String> lines(String part) {
      return text.lines().filter(line -> line.contains(part)).toList();
    }

    List<String> lines() {
      return text.lines().toList();
    }

    /** The list of {@code Packages (3) a-1-1 b-1-1}; empty if it did not come to that. */
    Optional<List<String>> packages() {
      return lines("Packages (").stream()
          .findFirst()
          .map(line -> List.of(line.replaceFirst("^Packages \\(\\d+\\) ", "").split(" +")));
    }
  }
}
