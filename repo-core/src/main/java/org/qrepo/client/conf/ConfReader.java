package org.qrepo.client.conf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qrepo.Finding;

/**
 * Reads {@code pacman.conf} with its includes in the order in which pacman does. A section goes on
 * behind the end of the file that began it: what follows an {@code Include} belongs to the last
 * section of the included files. Source: pacman.conf(5), and what pacman 6.0.2 does.
 */
final class ConfReader {
  /** pacman's own bound: the file that is named on its command line has depth 0. */
  private static final int MAX_DEPTH = 10;

  /** More files than any client has; each is read once for each time that it is included. */
  private static final int MAX_FILES = 2000;

  private static final Set<String> USAGES = Set.of("Sync", "Search", "Install", "Upgrade", "All");

  private final Path base;
  private final List<ConfSection> sections = new ArrayList<>();
  private final List<ConfFinding> findings = new ArrayList<>();
  private final ConfOptions options = new ConfOptions();
  private @Nullable ConfSection section;
  private boolean inOptions;
  private int files;

  ConfReader(Path base) {
    this.base = base;
  }

  PacmanConf read(Path file) {
    try {
      readFile(file, 0, file.toString());
      requireArchitecture();
    } catch (Stop stop) {
      findings.add(new ConfFinding(Effect.STOPS, stop.finding()));
    }
    return new Registration(sections, options.sigLevel(), options.databasePath(base), findings)
        .conf();
  }

  private void readFile(Path file, int depth, String named) throws Stop {
    List<String> lines;
    try {
      if (++files > MAX_FILES) {
        throw new IOException("more than " + MAX_FILES + " files are included");
      }
      lines = ConfLines.of(file);
    } catch (IOException e) {
      throw new Stop(unreadable(file, named, e));
    }
    int number = 0;
    for (String line : lines) {
      number++;
      if (!line.isEmpty() && !line.startsWith("#")) {
        take(new ConfLine(file + ":" + number, line), depth);
      }
    }
  }

  private static Finding unreadable(Path file, String named, IOException cause) {
    if (Files.isSymbolicLink(file) && !Files.exists(file)) {
      return Finding.of(
          "pacman-conf-dangling-link",
          file.toString(),
          "is a link that leads nowhere, and pacman stops at it",
          "pacman says: config file " + file + " could not be read: No such file or directory",
          "Remove it: rm " + file);
    }
    if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Finding.of(
          "pacman-conf-missing-file",
          named,
          "no such file, and pacman stops at it",
          "pacman says: config file " + file + " could not be read: No such file or directory",
          "Where a pattern is included, at least one file has to fit it.");
    }
    return Finding.of(
        "pacman-conf-unreadable", file.toString(), "cannot be read: " + cause.getMessage());
  }

  private void take(ConfLine line, int depth) throws Stop {
    if (line.isHeader()) {
      begin(line);
    } else if (line.key().equals("Include")) {
      include(line, depth);
    } else if (inOptions) {
      options.take(line, findings);
    } else if (section == null) {
      throw line.stop(
          "pacman-conf-no-section",
          "stands in no section, and pacman stops at it",
          "A file begins with a section: [options], or the name of a repository.");
    } else {
      ofRepository(section, line);
    }
  }

  private void begin(ConfLine line) {
    inOptions = line.header().equals("options");
    section = null;
    if (!inOptions) {
      section = new ConfSection(line.header(), line.where());
      sections.add(section);
    }
  }

  private void include(ConfLine line, int depth) throws Stop {
    String pattern = line.requireValue();
    if (depth >= MAX_DEPTH) {
      throw line.stop(
          "pacman-conf-recursion",
          "includes more than 10 files in one another, and pacman stops at it",
          "A file that includes itself does: look for Include lines in " + line.where() + ".");
    }
    for (Path file : expand(line, pattern)) {
      readFile(file, depth + 1, line.where() + " (" + pattern + ")");
    }
  }

  private List<Path> expand(ConfLine line, String pattern) throws Stop {
    try {
      if (pattern.isEmpty()) {
        throw new IOException("no file is named");
      }
      return ConfGlob.expand(base, pattern);
    } catch (IOException | InvalidPathException e) {
      throw line.stop("pacman-conf-unreadable", "cannot be looked up: " + e.getMessage());
    }
  }

  private void ofRepository(ConfSection repository, ConfLine line) throws Stop {
    if (!Directives.isOfRepositories(line.key())) {
      findings.add(line.unknown("in [" + repository.name() + "]"));
      return;
    }
    String value = line.requireValue();
    switch (line.key()) {
      case "Server" -> repository.addServer(value, line.where());
      case "SigLevel" -> line.takeSigLevel(repository.sigLevel());
      default -> {
        for (String word : ConfLine.words(value)) {
          if (!USAGES.contains(word)) {
            throw line.invalid(word);
          }
          repository.use(word);
        }
      }
    }
  }

  private void requireArchitecture() throws Stop {
    for (ConfSection each : sections) {
      for (String server : each.servers()) {
        if (server.contains("$arch") && !options.hasArchitecture()) {
          throw new Stop(
              Finding.of(
                  "pacman-conf-no-architecture",
                  each.where(),
                  "the server '" + server + "' contains $arch, and [options] has no Architecture",
                  "pacman stops at it. Write into [options]: Architecture = auto"));
        }
      }
    }
  }
}
