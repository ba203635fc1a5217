package org.qrepo.io;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * Deletes a directory with all that it holds. Links are deleted, never followed, also where someone
 * exchanges a directory for a link meanwhile: each step goes from an open directory, not from a
 * path. What others delete meanwhile is well. What lies on another file system is left, and is an
 * error, as is a system that cannot go from open directories.
 */
public final class TreeDeletion {
  private final Object device;
  private final boolean stops;

  private TreeDeletion(Object device, boolean stops) {
    this.device = device;
    this.stops = stops;
  }

  /**
   * Deletes a file, a link, or a directory; that there is none is well.
   *
   * @throws java.nio.channels.ClosedByInterruptException if this thread is interrupted; what is
   *     left then can be deleted later
   */
  public static void delete(Path path) throws IOException {
    delete(path, true);
  }

  /** The same, to its end, also where this thread is interrupted. */
  public static void deleteWhole(Path path) throws IOException {
    delete(path, false);
  }

  private static void delete(Path path, boolean stops) throws IOException {
    Path parent = Objects.requireNonNull(path.toAbsolutePath().getParent(), "a parent");
    Path name = Objects.requireNonNull(path.getFileName(), "a name");
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(parent)) {
      if (!(stream instanceof SecureDirectoryStream<Path> folder)) {
        throw new FileSystemException(
            path.toString(), null, "this file system has no safe way to delete directories");
      }
      new TreeDeletion(device(parent), stops).delete(folder, name, path);
    } catch (NoSuchFileException e) {
      return;
    }
  }

  private static Object device(Path directory) throws IOException {
    return Files.getAttribute(directory, "unix:dev");
  }

  private void delete(SecureDirectoryStream<Path> folder, Path name, Path shown)
      throws IOException {
    try {
      BasicFileAttributes attributes =
          folder
              .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
              .readAttributes();
      if (!attributes.isDirectory()) {
        folder.deleteFile(name);
        return;
      }
      if (!device(shown).equals(device)) {
        throw new FileSystemException(
            shown.toString(), null, "is on another file system, and was left as it is");
      }
      empty(folder, name, shown);
      folder.deleteDirectory(name);
    } catch (NoSuchFileException e) {
      return;
    }
  }

  private void empty(SecureDirectoryStream<Path> folder, Path name, Path shown) throws IOException {
    try (SecureDirectoryStream<Path> inner =
        folder.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
      for (Path each : inner) {
        Path child = each.getFileName();
        if (stops && Thread.currentThread().isInterrupted()) {
          throw new java.nio.channels.ClosedByInterruptException();
        }
        delete(inner, child, shown.resolve(child.toString()));
      }
    } catch (NotDirectoryException e) {
      throw new FileSystemException(shown.toString(), null, "was exchanged while it was deleted");
    }
  }
}
