package org.qrepo.cli.diagnosis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The directory of a builder, as far as failures need it: where it keeps logs, and where sources.
 * The classic builder has them in {@code build-logs} and {@code qubes-src}, v2 below {@code
 * artifacts}.
 *
 * @param artifacts where v2 puts what it makes
 */
public record Builder(Path directory, Path artifacts) {
  private static final String CLASSIC_LOGS = "build-logs";
  private static final String V2_LOGS = "logs";
  private static final String CLASSIC_SOURCES = "qubes-src";
  private static final String V2_SOURCES = "sources";
  private static final String V2_ARTIFACTS = "artifacts";
  private static final int HIGHEST = 8;
  private static final int LOG_DEPTH = 4;
  private static final int MOST_LOGS = 20;
  private static final int MOST_ENTRIES = 20_000;
  private static final Duration ONE_BUILD = Duration.ofHours(12);

  /** A builder whose artifacts lie where it puts them by itself. */
  public Builder(Path directory) {
    this(directory, directory.resolve(V2_ARTIFACTS));
  }

  /** The builder that a log lies in. */
  static Optional<Builder> around(Path log) {
    Path at = log.toAbsolutePath().normalize().getParent();
    for (int i = 0; at != null && i < HIGHEST; i++) {
      Builder builder = new Builder(at);
      if (builder.sources().isPresent()) {
        return Optional.of(builder);
      }
      at = at.getParent();
    }
    return Optional.empty();
  }

  /** The directory with one directory for each component. */
  Optional<Path> sources() {
    return Stream.of(directory.resolve(CLASSIC_SOURCES), artifacts.resolve(V2_SOURCES))
        .filter(Files::isDirectory)
        .findFirst();
  }

  /** The command that builds a component anew. */
  String rebuild(String component) {
    String there = "cd " + Bound.quoted(directory.toString()) + " && ";
    String name = Bound.quoted(component);
    return Files.isDirectory(directory.resolve(CLASSIC_SOURCES))
        ? there + "make " + name + "-vm"
        : there + "./qb -c " + name + " -d vm-archlinux package prep build";
  }

  /**
   * The logs of the last build: the newest, and those that are at most twelve hours older, the
   * oldest first. Of a directory that is no builder, the logs in it.
   *
   * @throws NoSuchFileException if there is no such directory
   */
  public List<Path> newestLogs() throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new NoSuchFileException(directory.toString());
    }
    List<Dated> all = new ArrayList<>();
    for (Path folder : List.of(directory.resolve(CLASSIC_LOGS), artifacts.resolve(V2_LOGS))) {
      all.addAll(logsIn(folder, LOG_DEPTH));
    }
    if (all.isEmpty()) {
      all.addAll(logsIn(directory, 1));
    }
    all.sort(Comparator.comparing(Dated::time).thenComparing(Dated::file));
    if (all.isEmpty()) {
      return List.of();
    }
    FileTime newest = all.get(all.size() - 1).time();
    FileTime oldest = FileTime.from(newest.toInstant().minus(ONE_BUILD));
    List<Path> last =
        all.stream().filter(log -> log.time().compareTo(oldest) >= 0).map(Dated::file).toList();
    return last.subList(Math.max(0, last.size() - MOST_LOGS), last.size());
  }

  private record Dated(Path file, FileTime time) {}

  private static List<Dated> logsIn(Path folder, int depth) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<Dated> logs = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(folder, depth).limit(MOST_ENTRIES)) {
      for (Path file : (Iterable<Path>) walk::iterator) {
        BasicFileAttributes attributes =
            Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (file.toString().endsWith(".log") && attributes.isRegularFile()) {
          logs.add(new Dated(file, attributes.lastModifiedTime()));
        }
      }
    }
    return logs;
  }
}
