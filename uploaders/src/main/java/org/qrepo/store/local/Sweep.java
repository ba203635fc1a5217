package org.qrepo.store.local;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;
import org.qrepo.io.AtomicFile;

/**
 * Removes the unfinished files of dead publishers, and folders that held nothing else. What cannot
 * be read or removed is left.
 */
final class Sweep extends SimpleFileVisitor<Path> {
  private static final int DEPTH = 8;

  private final Tree tree;
  private final Instant now;

  private Sweep(Tree tree, Instant now) {
    this.tree = tree;
    this.now = now;
  }

  /**
   * @param now by the clock of the file system
   */
  static void of(Tree tree, Instant now) throws IOException {
    Path root = tree.root().toRealPath();
    Files.walkFileTree(root, EnumSet.noneOf(FileVisitOption.class), DEPTH, new Sweep(tree, now));
  }

  @Override
  @SuppressWarnings("EmptyCatch") // a leftover harms nobody
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    try {
      if (AtomicFile.isTemporary(String.valueOf(file.getFileName()))
          && AtomicFile.isAbandoned(file, now)) {
        Files.deleteIfExists(file);
        tree.removedFrom(file);
      }
    } catch (IOException ignored) {
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException e) {
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
    return FileVisitResult.CONTINUE;
  }
}
