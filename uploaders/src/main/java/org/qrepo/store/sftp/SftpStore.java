package org.qrepo.store.sftp;

import com.jcraft.jsch.ChannelSftp.LsEntry;
import com.jcraft.jsch.SftpATTRS;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
import org.qrepo.store.lease.FolderClaim;
import org.qrepo.store.lease.Lease;
import org.qrepo.store.lease.LeaseSweep;
import org.qrepo.store.lease.LockFolder;
import org.qrepo.store.sftp.RemoteException.Status;

/**
 * A repository in a directory of another machine, over SFTP. Every write goes to a hidden
 * unfinished file, whose size is checked and which is read back if it is small, and then gets its
 * name in one step; files are readable by everyone whatever the umask there. The directory is made
 * by the first write.
 *
 * <p>What has to be compared with bytes that are there is read: SFTP as OpenSSH speaks it has no
 * request for a digest. Nor can this client ask for a file to be made durable: after a power
 * failure on the server what was written in its last seconds may be gone.
 *
 * <p>Writes do not depend on the expected state on the server itself, so publishers need the lock.
 * A server without {@code posix-rename@openssh.com} has no way to replace a file in one step: there
 * a reader may find none for a moment, and links are refused.
 */
public final class SftpStore implements Store {
  private static final StoreTraits TRAITS = new StoreTraits(true, true, false, 4);
  private static final int ATTEMPTS = 20;

  private final SftpAddress address;
  private final SftpSettings settings;
  private final RemoteTree tree;
  private final Wires wires;
  private final Remains remains;
  private final Object naming = new Object();

  SftpStore(SftpAddress address, SftpSettings settings) {
    this.address = address;
    this.settings = settings;
    this.tree = new RemoteTree(address.path());
    this.wires = new Wires(new WirePool(address, settings), tree, location());
    this.remains = new Remains(tree, settings.limits().idle());
  }

  /**
   * Opens the directory that a URL names; nobody is contacted yet.
   *
   * @throws org.qrepo.store.TargetException if it is no such URL
   */
  public static SftpStore open(String url, SftpSettings settings) {
    return new SftpStore(SftpAddress.parse(url), settings);
  }

  @Override
  public StoreTraits traits() {
    return TRAITS;
  }

  @Override
  public String location() {
    String path = address.path();
    return "sftp://"
        + (address.host().contains(":") ? "[" + address.host() + "]" : address.host())
        + address.port().map(port -> ":" + port).orElse("")
        + (path.startsWith("/") ? path : "/~/" + path);
  }

  @Override
  public Optional<StoredObject> stat(StoreKey key) throws StoreException {
    return wires.run(
        "look at " + key,
        (wire, files) -> {
          Optional<String> path = tree.find(files, key);
          return path.isEmpty()
              ? Optional.<StoredObject>empty()
              : RemoteState.read(files, path.get()).map(state -> describe(key, state));
        });
  }

  @Override
  public Opened open(StoreKey key) throws StoreException {
    String attempt = "read " + key;
    Optional<Opened> small = wires.run(attempt, (wire, files) -> openSmall(files, key));
    return small.isPresent() ? small.get() : openBig(attempt, key);
  }

  @Override
  public void putOnce(StoreKey key, Blob blob) throws StoreException {
    wires.run(
        "write " + key,
        (wire, files) -> {
          Optional<String> path = tree.find(files, key);
          if (path.isPresent() && files.isHeld(path.get())) {
            requireSame(files, key, path.get(), blob);
          } else {
            writeNew(wire, files, key, blob);
          }
          return true;
        });
  }

  @Override
  public Tag swap(StoreKey key, Tag expected, Blob blob) throws StoreException {
    return wires.run(
        "replace " + key,
        (wire, files) -> {
          require(files, key, expected, tree.find(files, key));
          try (Upload upload = Upload.send(wire, wires.pool(), tree, remains, key, blob)) {
            return named(files, key, path -> replace(files, key, expected, upload, path));
          }
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
    wires.run(
        "delete " + key,
        (wire, files) -> {
          Optional<String> path = tree.find(files, key);
          if (path.isPresent() && files.look(path.get()).filter(a -> !a.isDir()).isPresent()) {
            files.remove(path.get());
            tree.removeEmptyAbove(files, path.get());
          }
          return true;
        });
  }

  @Override
  public Optional<String> readLink(StoreKey link) throws StoreException {
    return wires.run(
        "read the link " + link,
        (wire, files) -> {
          Optional<String> path = tree.find(files, link);
          return path.isEmpty() ? Optional.<String>empty() : files.readLink(path.get());
        });
  }

  @Override
  public void swapLink(StoreKey link, Optional<String> expected, String target)
      throws StoreException {
    wires.run(
        "point the link " + link + " at " + target,
        (wire, files) -> {
          LinkTarget.resolve(link, target);
          requireLink(files, link, expected, tree.find(files, link));
          if (!files.replacesAtOnce()) {
            throw new StoreException(
                Kind.PERMANENT,
                address.host() + " cannot replace a link in one step; use layout: plain");
          }
          return named(files, link, path -> point(files, link, expected, target, path));
        });
  }

  @Override
  public StoreLock lock(LockRequest request) throws StoreException {
    Duration life = settings.limits().lock();
    String id = Lease.newId();
    LockFolder locks = lockFolder();
    return Lease.acquire(
        new FolderClaim(locks, SftpLockFolder.OWN, id, life),
        id,
        life,
        request,
        new SftpForeignFiles(wires, tree),
        new LeaseSweep(locks, life));
  }

  LockFolder lockFolder() {
    return new SftpLockFolder(wires, tree);
  }

  @Override
  public void close() {
    wires.pool().close();
  }

  @Override
  public String toString() {
    return "SftpStore[" + location() + "]";
  }

  /** All of a small object, in a state that it had; empty if it is bigger. */
  private Optional<Opened> openSmall(RemoteFiles files, StoreKey key) throws IOException {
    String path = tree.find(files, key).orElseThrow(() -> SftpFailures.absent(key));
    for (int i = 0; i < ATTEMPTS; i++) {
      SftpATTRS before =
          RemoteState.regular(files, path).orElseThrow(() -> SftpFailures.absent(key));
      if (!RemoteState.isSmall(before.getSize())) {
        return Optional.empty();
      }
      byte[] bytes = files.read(path, 0, 2 * RemoteState.END);
      Optional<SftpATTRS> after = RemoteState.regular(files, path);
      if (bytes.length == before.getSize() && after.filter(a -> isSame(a, before)).isPresent()) {
        RemoteState state = RemoteState.of(before, bytes);
        return Optional.of(new Opened(describe(key, state), new ByteArrayInputStream(bytes)));
      }
    }
    throw tooBusy(key);
  }

  private static boolean isSame(SftpATTRS one, SftpATTRS other) {
    return one.getSize() == other.getSize() && one.getMTime() == other.getMTime();
  }

  /** The wire is given back when the stream is closed. */
  private Opened openBig(String attempt, StoreKey key) throws StoreException {
    Wire wire;
    try {
      wire = wires.pool().take();
    } catch (StoreException e) {
      throw wires.explain(attempt, e);
    }
    boolean kept = false;
    try {
      RemoteFiles files = new RemoteFiles(wire);
      String path = tree.find(files, key).orElseThrow(() -> SftpFailures.absent(key));
      Opened opened = openBig(wire, path, key);
      kept = true;
      return opened;
    } catch (IOException e) {
      throw wires.explain(attempt, e);
    } finally {
      if (!kept) {
        wires.pool().give(wire);
      }
    }
  }

  private Opened openBig(Wire wire, String path, StoreKey key) throws IOException {
    for (int i = 0; i < ATTEMPTS; i++) {
      Optional<RemoteState> before = state(path);
      InputStream stream = wire.read(path, 0);
      if (before.isPresent() && state(path).equals(before)) {
        RemoteState seen = before.get();
        WireStream.Restart restart = at -> restarted(wire, path, key, seen, at);
        return new Opened(
            describe(key, seen), new WireStream(stream, wire, wires, "read " + key, restart));
      }
      stream.close();
      if (before.isEmpty()) {
        throw SftpFailures.absent(key);
      }
    }
    throw tooBusy(key);
  }

  /** The bytes of the same state from an offset on. */
  private InputStream restarted(Wire wire, String path, StoreKey key, RemoteState seen, long at)
      throws IOException {
    InputStream stream = wire.read(path, at);
    if (state(path).filter(seen::equals).isPresent()) {
      return stream;
    }
    stream.close();
    throw new StoreException(Kind.CONFLICT, key + " was changed while it was read; run it again");
  }

  /** Over another wire: this one may have a file open. */
  private Optional<RemoteState> state(String path) throws IOException {
    Wire wire = wires.pool().take();
    try {
      return RemoteState.read(new RemoteFiles(wire), path);
    } finally {
      wires.pool().give(wire);
    }
  }

  private void writeNew(Wire wire, RemoteFiles files, StoreKey key, Blob blob) throws IOException {
    try (Upload upload = Upload.send(wire, wires.pool(), tree, remains, key, blob)) {
      named(
          files,
          key,
          path -> {
            if (!files.link(upload.path(), path)) {
              requireSame(files, key, path, blob);
            }
            return true;
          });
    }
  }

  /** A folder may go with its last object before the name is given: then it is made again. */
  private <T> T named(RemoteFiles files, StoreKey key, Naming<T> step) throws IOException {
    for (int i = 1; ; i++) {
      try {
        return step.name(tree.make(files, key));
      } catch (RemoteException e) {
        if (e.status() != Status.ABSENT || i == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private Tag replace(RemoteFiles files, StoreKey key, Tag expected, Upload upload, String path)
      throws IOException {
    synchronized (naming) {
      try {
        require(files, key, expected, Optional.of(path));
        if (files.isFolder(path)) {
          throw SftpFailures.isAFolder(key);
        }
        Tag tag = upload.state().tag();
        files.replace(upload.path(), path);
        upload.hasMoved();
        return tag;
      } catch (StoreException e) {
        tree.removeEmptyAbove(files, path);
        throw e;
      }
    }
  }

  private boolean point(
      RemoteFiles files, StoreKey link, Optional<String> expected, String target, String path)
      throws IOException {
    synchronized (naming) {
      requireLink(files, link, expected, Optional.of(path));
      String unfinished = tree.unfinished(files);
      try {
        files.symlink(target, unfinished);
        files.replace(unfinished, path);
      } finally {
        files.remove(unfinished);
      }
      return true;
    }
  }

  private static void require(RemoteFiles files, StoreKey key, Tag expected, Optional<String> path)
      throws IOException {
    Optional<RemoteState> state =
        path.isEmpty() ? Optional.empty() : RemoteState.read(files, path.get());
    if (!state.map(RemoteState::tag).orElse(Tag.ABSENT).equals(expected)) {
      throw new StoreException(
          Kind.CONFLICT, key + " is not in the state that was seen; another publisher changed it");
    }
  }

  private static void requireSame(RemoteFiles files, StoreKey key, String path, Blob blob)
      throws IOException {
    if (files.isFolder(path)) {
      throw SftpFailures.isAFolder(key);
    }
    SftpATTRS there =
        RemoteState.regular(files, path).orElseThrow(() -> SftpFailures.deadLink(key));
    if (there.getSize() != blob.size()) {
      throw SftpFailures.otherBytes(key);
    }
    try (InputStream in = files.read(path, 0)) {
      if (!Digests.of(in, Set.of()).sha256().equals(blob.sha256())) {
        throw SftpFailures.otherBytes(key);
      }
    }
  }

  private static void requireLink(
      RemoteFiles files, StoreKey link, Optional<String> expected, Optional<String> path)
      throws IOException {
    if (path.isPresent() && files.isFolder(path.get())) {
      throw SftpFailures.isAFolder(link);
    }
    Optional<String> now = path.isEmpty() ? Optional.empty() : files.readLink(path.get());
    if (!now.equals(expected)) {
      throw new StoreException(
          Kind.CONFLICT,
          link
              + now.map(target -> " points at " + target).orElse(" is not a link")
              + expected.map(target -> ", not at " + target).orElse(", which was not expected"));
    }
  }

  private List<StoreKey> names(Optional<StoreKey> folder, boolean folders) throws StoreException {
    return wires.run(
        "list " + folder.map(StoreKey::value).orElse("the repository"),
        (wire, files) -> {
          Optional<String> path = tree.findFolder(files, folder);
          TreeSet<StoreKey> keys = new TreeSet<>();
          for (LsEntry entry : path.isPresent() ? files.list(path.get()) : List.<LsEntry>of()) {
            if (entry.getAttrs().isDir() == folders) {
              key(folder, entry.getFilename()).ifPresent(keys::add);
            }
          }
          return List.copyOf(keys);
        });
  }

  /** Empty for a name that no key has, and for one whose bytes are no text. */
  private static Optional<StoreKey> key(Optional<StoreKey> folder, String name) {
    if (RemoteTree.isReserved(name) || name.indexOf('\uFFFD') >= 0 || name.contains("/")) {
      return Optional.empty();
    }
    try {
      return Optional.of(folder.map(f -> f.child(name)).orElseGet(() -> new StoreKey(name)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static StoredObject describe(StoreKey key, RemoteState state) {
    return new StoredObject(key, state.size(), state.tag(), state.modified());
  }

  private static StoreException tooBusy(StoreKey key) {
    return new StoreException(Kind.TRANSIENT, key + " changes too often to be read");
  }

  /** How a finished file gets its name. */
  @FunctionalInterface
  private interface Naming<T> {
    T name(String path) throws IOException;
  }
}
