package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * By which a file that was written anew is told from what it was before, whatever clocks say.
 *
 * @param key of the file in its file system
 */
record FileStamp(long size, FileTime modified, Optional<Object> key) {
  /** Of a regular file that is no link; empty if there is none. */
  static Optional<FileStamp> of(Path file) {
    try {
      BasicFileAttributes found =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return found.isRegularFile()
          ? Optional.of(
              new FileStamp(
                  found.size(), found.lastModifiedTime(), Optional.ofNullable(found.fileKey())))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
