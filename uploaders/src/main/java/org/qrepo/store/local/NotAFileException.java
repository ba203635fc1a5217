package org.qrepo.store.local;

import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** A name is held by a device, a pipe or a socket. */
final class NotAFileException extends FileSystemException {
  private static final long serialVersionUID = 1L;

  NotAFileException(Path path) {
    super(path.toString(), null, "not a regular file");
  }
}
