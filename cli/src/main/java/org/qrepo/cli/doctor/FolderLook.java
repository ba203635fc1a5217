package org.qrepo.cli.doctor;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Looks at the permissions of a repository's directory and of what qrepo remembers. */
final class FolderLook {
  private static final int MOST_NAMED = 3;
  private static final int MOST_FILES = 200_000;

  private FolderLook() {}

  /** The directory of a repository on this machine. */
  static List<Result> tree(Path tree) throws IOException {
    String name = tree.toString();
    if (!Files.isDirectory(tree)) {
      return List.of(
          Result.warning("tree-missing", name, "is not there yet: the first publish makes it"));
    }
    List<Result> results = new ArrayList<>();
    if (!Files.isWritable(tree)) {
      results.add(
          Result.error(
              "tree-read-only",
              name,
              "this user cannot write there, so every publish will fail",
              "Give the directory to the user who publishes: chown USER " + name));
    }
    Walk walk = new Walk(tree);
    Files.walkFileTree(tree, walk);
    results.addAll(walk.results(name));
    results.addAll(above(tree));
    return Result.orOk(results, Result.ok("tree", name, "writable here, readable by a web server"));
  }

  /** A web server must be let through every directory above. */
  private static List<Result> above(Path tree) throws IOException {
    List<Result> results = new ArrayList<>();
    for (Path p = tree.toRealPath().getParent(); p != null; p = p.getParent()) {
      if (!permissions(p).contains(PosixFilePermission.OTHERS_EXECUTE)) {
        results.add(
            Result.warning(
                "tree-closed",
                p.toString(),
                "other users cannot pass, so a web server may not reach the repository",
                "Let them: chmod o+x " + p + " (or move the repository)"));
      }
    }
    return results;
  }

  /** Where qrepo keeps what it has seen. */
  static List<Result> state(Path directory) throws IOException {
    String name = directory.toString();
    if (!Files.exists(directory)) {
      return List.of(Result.ok("state", name, "is not there yet: the first publish makes it"));
    }
    if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
      return List.of(
          Result.error(
              "state-read-only",
              name,
              "this user cannot write there, so no publish can be remembered",
              "Give it to the user who publishes: chown -R USER " + name));
    }
    Set<PosixFilePermission> permissions = permissions(directory);
    return List.of(
        isOpen(permissions) || permissions.contains(PosixFilePermission.GROUP_WRITE)
            ? Result.error(
                "state-open",
                name,
                "other users can write there, and make an old database pass for the newest",
                "Close it: chmod -R go-w " + name)
            : Result.ok("state", name, "writable by its owner alone"));
  }

  private static Set<PosixFilePermission> permissions(Path path) throws IOException {
    return Files.readAttributes(path, PosixFileAttributes.class).permissions();
  }

  private static boolean isOpen(Set<PosixFilePermission> permissions) {
    return permissions.contains(PosixFilePermission.OTHERS_WRITE);
  }

  /** Finds what everyone can write and what a web server cannot read. Links are not followed. */
  private static final class Walk extends SimpleFileVisitor<Path> {
    private final Path tree;
    private final List<Path> open = new ArrayList<>();
    private final List<Path> closed = new ArrayList<>();
    private int files;

    Walk(Path tree) {
      this.tree = tree;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
        throws IOException {
      if (isHidden(directory)) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      note(directory, PosixFilePermission.OTHERS_EXECUTE);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (attributes.isRegularFile() && !isHidden(file)) {
        note(file, PosixFilePermission.OTHERS_READ);
      }
      return ++files < MOST_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      closed.add(file);
      return FileVisitResult.CONTINUE;
    }

    private boolean isHidden(Path file) {
      return !file.equals(tree) && String.valueOf(file.getFileName()).startsWith(".");
    }

    private void note(Path path, PosixFilePermission needed) throws IOException {
      Set<PosixFilePermission> permissions = permissions(path);
      if (isOpen(permissions)) {
        open.add(path);
      }
      if (!permissions.contains(needed)) {
        closed.add(path);
      }
    }

    List<Result> results(String tree) {
      List<Result> results = new ArrayList<>();
      if (!open.isEmpty()) {
        results.add(
            Result.error(
                "tree-open",
                tree,
                "every user of this machine can write to " + named(open),
                "Close it: chmod -R o-w " + tree));
      }
      if (!closed.isEmpty()) {
        results.add(
            Result.warning(
                "tree-unreadable",
                tree,
                "other users cannot read " + named(closed) + ", so a web server may not either",
                "Let them: chmod -R o+rX " + tree));
      }
      return results;
    }

    private static String named(List<Path> paths) {
      String first =
          String.join(", ", paths.stream().limit(MOST_NAMED).map(Path::toString).toList());
      int more = paths.size() - MOST_NAMED;
      return more > 0 ? first + " and " + more + " more" : first;
    }
  }
}
