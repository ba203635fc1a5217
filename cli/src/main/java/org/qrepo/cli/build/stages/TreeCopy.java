package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.qrepo.Finding;
import org.qrepo.RefusedException;

/** Copies a directory of sources with modes and times. Links are copied as links. */
final class TreeCopy {
  private TreeCopy() {}

  /**
   * @param to does not exist
   * @throws RefusedException if there is something that is no file, directory or link
   */
  static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path found, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectory(to.resolve(from.relativize(found).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isOther()) {
              throw new RefusedException(
                  Finding.of(
                      "override-special-file",
                      file.toString(),
                      "is no file that can be copied",
                      "Sources are files, directories and links. Remove it."));
            }
            Files.copy(
                file,
                to.resolve(from.relativize(file).toString()),
                LinkOption.NOFOLLOW_LINKS,
                StandardCopyOption.COPY_ATTRIBUTES);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path found, @org.jspecify.annotations.Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Path copy = to.resolve(from.relativize(found).toString());
            Files.setPosixFilePermissions(copy, Files.getPosixFilePermissions(found));
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
