package org.qrepo.cli.build;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.qrepo.Finding;
import org.qrepo.RefusedException;

/**
 * The files of a builder, without those that links lead to outside of it: what was built in a
 * chroot by somebody else's build script must not make qrepo publish files of this machine.
 */
public final class TreeFiles {
  private static final int MOST_ENTRIES = 20_000;
  private static final int MOST_NOTES = 256 * 1024;

  private final List<Path> roots = new ArrayList<>();
  private final Set<String> refused = new TreeSet<>();
  private final List<Finding> problems = new ArrayList<>();

  private TreeFiles(Path... directories) throws IOException {
    for (Path directory : directories) {
      if (Files.exists(directory)) {
        roots.add(directory.toRealPath());
      }
    }
  }

  /** All files of a tree. */
  public static TreeFiles of(BuilderTree tree) throws IOException {
    return tree.artifacts().startsWith(tree.directory())
        ? new TreeFiles(tree.directory())
        : new TreeFiles(tree.directory(), tree.artifacts());
  }

  /** Those that a tree's builder makes, wherever its artifacts lie. */
  public static TreeFiles made(BuilderTree tree) throws IOException {
    return new TreeFiles(tree.artifacts());
  }

  /** What kept files from being read. */
  public List<Finding> problems() {
    return List.copyOf(problems);
  }

  public void problem(Finding finding) {
    problems.add(finding);
  }

  /** The entries of a directory that lie in the tree, by name; none if there is no directory. */
  public List<Path> in(Path directory) throws IOException {
    if (!Files.isDirectory(directory) || !isInside(directory)) {
      return List.of();
    }
    Set<Path> found = new TreeSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (found.size() == MOST_ENTRIES) {
          problem("builder-directory-full", directory, "has more than " + MOST_ENTRIES + " files");
          break;
        }
        found.add(entry);
      }
    }
    return found.stream().toList();
  }

  /** The directories in a directory. */
  public List<Path> directoriesIn(Path directory) throws IOException {
    return in(directory).stream().filter(Files::isDirectory).toList();
  }

  /** Whether it is a file of the tree, be it by links within; links to elsewhere are problems. */
  public boolean isFile(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    if (!isInside(path)) {
      return false;
    }
    if (!Files.isRegularFile(path)) {
      problem("builder-file-odd", path, "is no regular file");
      return false;
    }
    return true;
  }

  private boolean isInside(Path path) throws IOException {
    Path real;
    try {
      real = path.toRealPath();
    } catch (IOException e) {
      problem("builder-link-broken", path, "leads to nothing", "Remove the link.");
      return false;
    }
    if (roots.stream().anyMatch(real::startsWith)) {
      return true;
    }
    problem(
        "builder-link-outside",
        path,
        "leads out of the builder's directory, to " + real,
        "What lies elsewhere is not what this builder made.",
        "Remove the link; if you moved a directory of the builder, name it in build.builder or"
            + " build.artifacts.");
    return false;
  }

  private void problem(String id, Path path, String reason, String... details) {
    if (refused.add(path.toString())) {
      problems.add(Finding.of(id, path.toString(), reason, details));
    }
  }

  /** The lines of a small file that the builder keeps notes in; none if there is no such file. */
  public List<String> lines(Path file) throws IOException {
    if (!isFile(file)) {
      return List.of();
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_NOTES + 1);
      if (bytes.length > MOST_NOTES) {
        problem("builder-notes", file, "is longer than " + MOST_NOTES / 1024 + " KiB");
        return List.of();
      }
      return new String(bytes, StandardCharsets.UTF_8).lines().map(String::strip).toList();
    }
  }

  /** What tells apart files that are there under several names. */
  public static Object identity(Path path) throws IOException {
    Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    return key == null ? path.toRealPath() : key;
  }

  /** Notes what a refusal says of a file. */
  public void problems(Path file, RefusedException refusal) {
    refusal
        .findings()
        .forEach(
            finding ->
                problems.add(finding.and("It is " + file + ": delete it, or build it again.")));
  }
}
