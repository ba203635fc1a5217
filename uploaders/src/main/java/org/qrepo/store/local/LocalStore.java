package org.qrepo.store.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.io.AtomicFile;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.publish.LockRequest;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoreLock;
import org.qrepo.publish.StoreTraits;
import org.qrepo.publish.StoredObject;
import org.qrepo.publish.Tag;
import org.qrepo.store.LinkTarget;

/**
 * A repository in a directory. Every write goes to a hidden temporary file in the same folder, is
 * checked as it is copied, is made durable, and then gets its name in one step; files are readable
 * by everyone whatever the umask. The directory is made by the first write.
 *
 * <p>The folders of a key must lie inside the directory, links resolved. An object itself may be a
 * link that leads elsewhere (into a pool beside the repository): it is read through, and replaced,
 * never written through.
 */
public final class LocalStore implements Store {
  private static final StoreTraits TRAITS = new StoreTraits(true, true, false, 4);
  private static final Set<PosixFilePermission> FILE_MODE =
      PosixFilePermissions.fromString("rw-r--r--");
  private static final int ATTEMPTS = 20;

  private final Tree tree;
  private final Object naming = new Object();
  private volatile boolean closed;

  public LocalStore(Path directory) {
    this.tree = new Tree(directory);
  }

  @Override
  public StoreTraits traits() {
    return TRAITS;
  }

  @Override
  public String location() {
    return tree.root().toString();
  }

  @Override
  public Optional<StoredObject> stat(StoreKey key) throws StoreException {
    return attempt(
        "look at " + key,
        () -> {
          Optional<Path> path = tree.find(key);
          return path.isEmpty()
              ? Optional.<StoredObject>empty()
              : FileState.settled(path.get()).map(state -> describe(key, state));
        });
  }

  @Override
  public Opened open(StoreKey key) throws StoreException {
    return attempt(
        "read " + key,
        () -> {
          Path path = tree.find(key).orElseThrow(() -> Failures.absent(key));
          for (int i = 0; i < ATTEMPTS; i++) {
            Optional<Opened> opened = openUnchanged(key, path);
            if (opened.isPresent()) {
              return opened.get();
            }
          }
          throw new StoreException(Kind.TRANSIENT, path + " changes too often to be read");
        });
  }

  @Override
  public void putOnce(StoreKey key, Blob blob) throws StoreException {
    attempt(
        "write " + key,
        () -> {
          Optional<Path> path = tree.find(key);
          if (path.isPresent() && isHeld(path.get())) {
            requireSame(key, path.get(), blob);
          } else {
            writeNew(key, blob);
          }
          return true;
        });
  }

  @Override
  public Tag swap(StoreKey key, Tag expected, Blob blob) throws StoreException {
    return attempt(
        "replace " + key,
        () -> {
          require(key, expected, tree.find(key));
          return write(key, blob, file -> name(key, expected, file));
        });
  }

  @Override
  public List<StoreKey> list(Optional<StoreKey> folder) throws StoreException {
    return names(folder, false);
  }

  @Override
  public List<StoreKey> folders(Optional<StoreKey> folder) throws StoreException {
    return names(folder, true);
  }

  @Override
  public void delete(StoreKey key) throws StoreException {
    attempt(
        "delete " + key,
        () -> {
          Optional<Path> path = tree.find(key);
          if (path.isPresent() && isHeld(path.get()) && !isFolder(path.get())) {
            remove(path.get());
          }
          return true;
        });
  }

  @Override
  public Optional<String> readLink(StoreKey link) throws StoreException {
    return attempt(
        "read the link " + link,
        () -> {
          Optional<Path> path = tree.find(link);
          return path.isEmpty() ? Optional.<String>empty() : linkAt(path.get());
        });
  }

  @Override
  public void swapLink(StoreKey link, Optional<String> expected, String target)
      throws StoreException {
    attempt(
        "point the link " + link + " at " + target,
        () -> {
          LinkTarget.resolve(link, target);
          requireLink(link, expected, tree.find(link));
          Path path = tree.make(link);
          synchronized (naming) {
            requireLink(link, expected, Optional.of(path));
            AtomicFile.writeLink(path, target);
          }
          return true;
        });
  }

  @Override
  public StoreLock lock(LockRequest request) throws StoreException {
    return attempt(
        "lock the repository",
        () -> {
          List<Path> foreign = new ArrayList<>();
          for (StoreKey key : request.foreign()) {
            foreign.add(tree.make(key));
          }
          LocalLock lock = LocalLock.acquire(tree, foreign, new Patience(request.patience()));
          Sweep.of(tree, lock.since().toInstant());
          return lock;
        });
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public String toString() {
    return "LocalStore[" + location() + "]";
  }

  private Optional<Opened> openUnchanged(StoreKey key, Path path) throws IOException {
    FileState before = FileState.settled(path).orElseThrow(() -> Failures.absent(key));
    InputStream stream = Files.newInputStream(path);
    try {
      if (FileState.read(path).filter(before::equals).isPresent()) {
        return Optional.of(new Opened(describe(key, before), stream));
      }
    } catch (IOException | RuntimeException e) {
      try (stream) {
        throw e;
      }
    }
    stream.close();
    return Optional.empty();
  }

  private void writeNew(StoreKey key, Blob blob) throws IOException {
    write(
        key,
        blob,
        file -> {
          if (!file.createNew()) {
            requireSame(key, tree.make(key), blob);
          }
          return true;
        });
  }

  private <T> T write(StoreKey key, Blob blob, Naming<T> naming) throws IOException {
    try (AtomicFile file = begin(key)) {
      receive(key, blob, file);
      return naming.name(file);
    } catch (IOException | RuntimeException e) {
      tree.discardEmptyAbove(key);
      throw e;
    }
  }

  /** A folder may go with its last object while it is being written to: then it is made again. */
  private AtomicFile begin(StoreKey key) throws IOException {
    for (int i = 1; ; i++) {
      try {
        return AtomicFile.beside(tree.make(key), FILE_MODE);
      } catch (NoSuchFileException e) {
        if (i == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static void receive(StoreKey key, Blob blob, AtomicFile file) throws IOException {
    Digests digests = new Digests();
    long size = 0;
    try (Source in = new Source(key, blob)) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0 && size <= blob.size(); n = in.read(buffer)) {
        digests.update(buffer, 0, n);
        file.write(buffer, 0, n);
        size += n;
      }
    }
    if (size != blob.size() || !digests.sha256().equals(blob.sha256())) {
      throw Failures.changed(key, blob.size(), size);
    }
  }

  private Tag name(StoreKey key, Tag expected, AtomicFile file) throws IOException {
    synchronized (naming) {
      Path path = tree.make(key);
      require(key, expected, Optional.of(path));
      if (isFolder(path)) {
        throw Failures.isAFolder(key);
      }
      file.replace();
      return FileState.read(path).orElseThrow(() -> Failures.absent(key)).tag();
    }
  }

  private static void require(StoreKey key, Tag expected, Optional<Path> path) throws IOException {
    Optional<FileState> state = path.isEmpty() ? Optional.empty() : FileState.settled(path.get());
    if (!state.map(FileState::tag).orElse(Tag.ABSENT).equals(expected)) {
      throw new StoreException(
          Kind.CONFLICT, key + " is not in the state that was seen; another publisher changed it");
    }
  }

  private void requireSame(StoreKey key, Path path, Blob blob) throws IOException {
    if (isFolder(path)) {
      throw Failures.isAFolder(key);
    }
    FileState state = FileState.read(path).orElseThrow(() -> Failures.deadLink(key));
    if (state.size() != blob.size() || !FileState.digest(path).equals(blob.sha256())) {
      throw new StoreException(
          Kind.CONFLICT, key + " exists with other bytes; what is published once never changes");
    }
    AtomicFile.syncFile(path);
  }

  private static void requireLink(StoreKey link, Optional<String> expected, Optional<Path> path)
      throws IOException {
    if (path.isPresent() && isFolder(path.get())) {
      throw Failures.isAFolder(link);
    }
    Optional<String> now = path.isEmpty() ? Optional.empty() : linkAt(path.get());
    if (!now.equals(expected)) {
      throw new StoreException(
          Kind.CONFLICT,
          link
              + now.map(target -> " points at " + target).orElse(" is not a link")
              + expected.map(target -> ", not at " + target).orElse(", which was not expected"));
    }
  }

  private void remove(Path path) throws IOException {
    if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      FileState.settled(path);
    }
    Files.deleteIfExists(path);
    tree.removedFrom(path);
  }

  private List<StoreKey> names(Optional<StoreKey> folder, boolean folders) throws StoreException {
    return attempt(
        "list " + folder.map(StoreKey::value).orElse("the repository"),
        () -> {
          Optional<Path> path = tree.findFolder(folder);
          return path.isEmpty() ? List.<StoreKey>of() : Names.in(folder, path.get(), folders);
        });
  }

  private <T> T attempt(String attempt, Work<T> work) throws StoreException {
    if (closed) {
      throw new StoreException(Kind.PERMANENT, "cannot " + attempt + ": the store is closed");
    }
    try {
      return work.run();
    } catch (IOException e) {
      throw Failures.of(attempt, tree.root(), e);
    }
  }

  private static boolean isHeld(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isFolder(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static Optional<String> linkAt(Path path) throws IOException {
    return Files.isSymbolicLink(path)
        ? Optional.of(Files.readSymbolicLink(path).toString())
        : Optional.empty();
  }

  private static StoredObject describe(StoreKey key, FileState state) {
    return new StoredObject(key, state.size(), state.tag(), state.modified().toInstant());
  }

  /** How a finished file gets its name. */
  @FunctionalInterface
  private interface Naming<T> {
    T name(AtomicFile file) throws IOException;
  }

  /** Work that fails in the file system's words. */
  @FunctionalInterface
  private interface Work<T> {
    T run() throws IOException;
  }
}
