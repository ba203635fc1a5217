package org.qrepo.cli.diagnosis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Looks for bounds in the package descriptions of all components that a builder has fetched. It
 * follows no link, goes no deeper than descriptions lie, and leaves a component after {@value
 * #MOST_ENTRIES} files and directories: sources are what strangers wrote.
 */
final class BoundSearch {
  private static final int MOST_COMPONENTS = 1000;
  private static final int MOST_ENTRIES = 5000;
  private static final int MOST_BYTES = 512 * 1024;
  private static final int MOST_BOUNDS = 10;

  /** In a component: {@code archlinux/PKGBUILD.in}, and one more for those that keep several. */
  private static final int DEPTH = 3;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9@_+][A-Za-z0-9@._+-]*");
  private static final Set<String> SKIPPED = Set.of(".git", "pkgs", "rpm", "deb");
  private static final String GENERATED = "PKGBUILD";
  private static final String TEMPLATE = "PKGBUILD.in";

  private final Path sources;
  private final int mostEntries;

  /**
   * @param sources the directory with one directory for each component
   */
  BoundSearch(Path sources) {
    this(sources, MOST_ENTRIES);
  }

  /**
   * A search with another limit.
   *
   * @param mostEntries after how many files and directories a component is left
   */
  BoundSearch(Path sources, int mostEntries) {
    this.sources = sources;
    this.mostEntries = mostEntries;
  }

  /**
   * Where components demand versions of the same package: those that demand the same versions, if
   * there are any, otherwise all.
   */
  List<Bound> find(Dependency wanted, Optional<String> offered) throws IOException {
    if (!NAME.matcher(wanted.name()).matches()) {
      return List.of();
    }
    List<Bound> all = new ArrayList<>();
    for (Path file : descriptions()) {
      all.addAll(in(file, wanted.name(), offered));
    }
    List<Bound> exact = all.stream().filter(b -> b.dependency().equals(wanted.toString())).toList();
    return (exact.isEmpty() ? all : exact).stream().limit(MOST_BOUNDS).toList();
  }

  private List<Path> descriptions() throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path component : components()) {
      Files.walkFileTree(
          component, EnumSet.noneOf(FileVisitOption.class), DEPTH, new Walk(found, mostEntries));
    }
    found.removeIf(
        file -> file.endsWith(GENERATED) && found.contains(file.resolveSibling(TEMPLATE)));
    found.sort(Comparator.naturalOrder());
    return found;
  }

  private List<Path> components() throws IOException {
    try (Stream<Path> entries = Files.list(sources)) {
      return entries
          .filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
          .limit(MOST_COMPONENTS)
          .toList();
    }
  }

  private static final class Walk extends SimpleFileVisitor<Path> {
    private final List<Path> found;
    private final int most;
    private int entries;

    Walk(List<Path> found, int most) {
      this.found = found;
      this.most = most;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      return SKIPPED.contains(String.valueOf(directory.getFileName()))
          ? FileVisitResult.SKIP_SUBTREE
          : next();
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      boolean named = String.valueOf(file.getFileName()).startsWith(GENERATED);
      if (named && attributes.isRegularFile() && attributes.size() <= MOST_BYTES) {
        found.add(file);
      }
      return next();
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return next();
    }

    @Override
    public FileVisitResult postVisitDirectory(
        Path directory, @org.jspecify.annotations.Nullable IOException e) {
      return FileVisitResult.CONTINUE;
    }

    private FileVisitResult next() {
      return ++entries > most ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
    }
  }

  private List<Bound> in(Path file, String name, Optional<String> offered) {
    Pattern bound =
        Pattern.compile(
            "(?<![A-Za-z0-9@._+-])" + Pattern.quote(name) + "[<>=]{1,2}[A-Za-z0-9@.:_+~${}-]++");
    List<Bound> bounds = new ArrayList<>();
    List<String> lines = lines(file);
    for (int i = 0; i < lines.size(); i++) {
      Matcher matcher = bound.matcher(lines.get(i));
      while (!lines.get(i).strip().startsWith("#") && matcher.find()) {
        bounds.add(new Bound(component(file), file, i + 1, matcher.group(), offered));
      }
    }
    return bounds;
  }

  private String component(Path file) {
    return sources.relativize(file).getName(0).toString();
  }

  /** A description that cannot be read tells nothing. */
  private static List<String> lines(Path file) {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
