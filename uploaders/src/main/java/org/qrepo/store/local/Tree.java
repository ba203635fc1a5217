package org.qrepo.store.local;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.qrepo.io.AtomicFile;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;

/**
 * The folders of a store: from keys to paths that are proven to lie inside, and their making and
 * removal. Paths are returned with all links of their folders resolved; the last segment is not.
 */
final class Tree {
  static final String LOCK_FOLDER = ".qrepo.lock";

  private static final int SET_GROUP = 02000;
  private static final int GROUP_WRITE = 00020;
  private static final int FOLDER_MODE = 00755;

  private final Path root;

  Tree(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  Path root() {
    return root;
  }

  /** The name's path; empty if the folder it would lie in does not exist. */
  Optional<Path> find(StoreKey key) throws IOException {
    Path path = resolve(key);
    Optional<Path> folder = realFolder(parent(path));
    return folder.map(f -> f.resolve(path.getFileName()));
  }

  /** A folder's path; empty if there is none. */
  Optional<Path> findFolder(Optional<StoreKey> folder) throws IOException {
    return realFolder(folder.isEmpty() ? root : resolve(folder.get()));
  }

  /**
   * The name's path, in a folder that is made when it is missing.
   *
   * @throws NoSuchFileException if another thread removed a folder meanwhile: worth another try
   */
  Path make(StoreKey key) throws IOException {
    Path path = resolve(key);
    return makeFolder(parent(path)).resolve(path.getFileName());
  }

  /** The folder of the store's own lock, made when it is missing. */
  Path makeLockFolder() throws IOException {
    return makeFolder(root.resolve(LOCK_FOLDER));
  }

  /** Makes a removal durable, and removes the folders above that are empty now, up to the top. */
  void removedFrom(Path path) throws IOException {
    Path top = root.toRealPath();
    Path folder = parent(path);
    while (!folder.equals(top) && isRemovedAsEmpty(folder)) {
      folder = parent(folder);
    }
    try {
      AtomicFile.syncFolder(folder);
    } catch (NoSuchFileException e) {
      // another thread has removed the last object of this folder, and the folder
      removedFrom(folder);
    }
  }

  private static boolean isRemovedAsEmpty(Path folder) {
    try {
      return Files.deleteIfExists(folder) || !Files.exists(folder);
    } catch (IOException e) {
      return false;
    }
  }

  /** After a failed write: removes the folders that it made. */
  @SuppressWarnings("EmptyCatch") // the failure itself is what is told
  void discardEmptyAbove(StoreKey key) {
    try {
      Optional<Path> path = find(key);
      if (path.isPresent()) {
        removedFrom(path.get());
      }
    } catch (IOException ignored) {
    }
  }

  /** Permissions of a shared file in a folder: those who share the folder may write it too. */
  static Set<PosixFilePermission> sharedFile(Path folder) throws IOException {
    return PosixFilePermissions.fromString(isShared(folder) ? "rw-rw-r--" : "rw-r--r--");
  }

  static boolean isReserved(String name) {
    return name.equals(LOCK_FOLDER) || AtomicFile.isTemporary(name);
  }

  private Path resolve(StoreKey key) throws IOException {
    for (String segment : key.value().split("/", -1)) {
      if (isReserved(segment)) {
        throw new StoreException(
            Kind.PERMANENT, "'" + key + "' cannot be stored: the store keeps such names to itself");
      }
    }
    try {
      return root.resolve(key.value());
    } catch (InvalidPathException e) {
      String advice = "this system's locale cannot name it; set LC_ALL=C.UTF-8";
      throw new StoreException(Kind.PERMANENT, "'" + key + "' cannot be a file: " + advice, e);
    }
  }

  private Optional<Path> realFolder(Path folder) throws IOException {
    Path real;
    try {
      real = folder.toRealPath();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (FileSystemException e) {
      if (isBelowAFile(folder)) {
        return Optional.empty();
      }
      throw e;
    }
    if (Files.isDirectory(real)) {
      return Optional.of(inside(real));
    }
    if (folder.equals(root)) {
      throw notAFolder(root, Kind.PERMANENT);
    }
    return Optional.empty();
  }

  private boolean isBelowAFile(Path folder) throws StoreException {
    if (Files.exists(root) && !Files.isDirectory(root)) {
      throw notAFolder(root, Kind.PERMANENT);
    }
    for (Path p = folder; !p.equals(root) && p.startsWith(root); p = parent(p)) {
      if (Files.isRegularFile(p)) {
        return true;
      }
    }
    return false;
  }

  private Path inside(Path real) throws IOException {
    if (!real.startsWith(root.toRealPath())) {
      throw new StoreException(
          Kind.DENIED, "a link leads out of " + root + " to " + real + "; remove the link");
    }
    return real;
  }

  /** The real path of a folder; it and those above it are made, durably, if they are missing. */
  private Path makeFolder(Path folder) throws IOException {
    if (folder.equals(root)) {
      makeMissing(root);
      return root.toRealPath();
    }
    Path place = makeFolder(parent(folder)).resolve(folder.getFileName());
    makeMissing(place);
    return inside(place.toRealPath());
  }

  private void makeMissing(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path above = parent(folder);
    if (root.startsWith(folder)) {
      makeMissing(above);
    }
    try {
      Files.createDirectory(folder);
      open(folder, above);
      AtomicFile.syncFolder(above);
    } catch (FileAlreadyExistsException e) {
      requireFolder(folder);
    }
  }

  private void requireFolder(Path folder) throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(folder, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      if (Files.isSymbolicLink(folder)) {
        throw notAFolder(folder, root.startsWith(folder) ? Kind.PERMANENT : Kind.CONFLICT);
      }
      throw e;
    }
    if (!attributes.isDirectory()) {
      throw notAFolder(folder, root.startsWith(folder) ? Kind.PERMANENT : Kind.CONFLICT);
    }
  }

  private static void open(Path folder, Path above) throws IOException {
    int inherited = mode(folder) & ~0777;
    int group = isShared(above) ? GROUP_WRITE : 0;
    Files.setAttribute(folder, "unix:mode", inherited | FOLDER_MODE | group);
  }

  private static boolean isShared(Path folder) throws IOException {
    int both = SET_GROUP | GROUP_WRITE;
    return (mode(folder) & both) == both;
  }

  private static int mode(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:mode");
  }

  private static Path parent(Path path) {
    Path parent = path.getParent();
    return parent == null ? path : parent;
  }

  private static StoreException notAFolder(Path path, Kind kind) {
    return new StoreException(
        kind, path + " is not a directory; name another place or move it away");
  }
}
