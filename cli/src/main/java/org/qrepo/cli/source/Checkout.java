package org.qrepo.cli.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A work tree of git and where git keeps what belongs to it.
 *
 * @param root of the work tree
 * @param gitDir what is of this work tree alone: {@code HEAD}, the index
 * @param commonDir what several work trees share: objects, branches and tags, settings
 */
record Checkout(Path root, Path gitDir, Path commonDir) {
  private static final int MOST = 4096;
  private static final String LINK = "gitdir: ";

  /**
   * Looks for them as git does: in {@code .git}, or where a file of that name leads.
   *
   * @throws org.qrepo.RefusedException if it is no checkout
   */
  static Checkout open(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      throw SourceFindings.notGit(root.toString(), "there is no such directory");
    }
    Path git = gitDir(root);
    Optional<Path> shared = SmallFile.read(git.resolve("commondir"), MOST).map(t -> in(git, t));
    Checkout checkout = new Checkout(root, git, shared.orElse(git));
    if (!Files.exists(git.resolve("HEAD")) || !Files.isDirectory(checkout.objects())) {
      throw SourceFindings.notGit(root.toString(), "this is no git checkout");
    }
    return checkout;
  }

  private static Path gitDir(Path root) throws IOException {
    Path git = root.resolve(".git");
    return SmallFile.read(git, MOST)
        .filter(text -> text.startsWith(LINK))
        .map(text -> in(root, text.substring(LINK.length())))
        .orElse(git);
  }

  private static Path in(Path base, String line) {
    try {
      return base.resolve(line.strip()).normalize();
    } catch (InvalidPathException e) {
      return base;
    }
  }

  Path objects() {
    return commonDir.resolve("objects");
  }

  boolean isShallow() {
    return Files.exists(commonDir.resolve("shallow"));
  }
}
