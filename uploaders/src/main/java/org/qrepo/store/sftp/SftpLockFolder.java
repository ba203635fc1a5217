package org.qrepo.store.sftp;

import com.jcraft.jsch.ChannelSftp.LsEntry;
import com.jcraft.jsch.SftpATTRS;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.qrepo.io.AtomicFile;
import org.qrepo.publish.StoreException;
import org.qrepo.store.lease.LeaseSweep;
import org.qrepo.store.lease.LockFolder;
import org.qrepo.store.sftp.RemoteException.Status;

/** The folder of locks {@code .qrepo.lock} in a directory of another machine. */
final class SftpLockFolder implements LockFolder {
  /** The lock of publishers over SFTP. */
  static final String OWN = "sftp";

  private static final int MOST_FAILURES = 10;

  private final Wires wires;
  private final RemoteTree tree;
  private int failures;

  SftpLockFolder(Wires wires, RemoteTree tree) {
    this.wires = wires;
    this.tree = tree;
  }

  @Override
  public String place() {
    return tree.configured();
  }

  @Override
  public boolean isOpen() {
    return !wires.pool().isClosed();
  }

  /** The server says "Failure" for a folder that is there, and for a full disk. */
  @Override
  public boolean make(String folder) throws StoreException {
    return wires.run(
        "lock the repository",
        (wire, files) -> {
          try {
            boolean made = files.makeFolder(RemoteTree.child(tree.makeLockFolder(files), folder));
            failures = 0;
            return made;
          } catch (RemoteException e) {
            if (e.status() == Status.ABSENT) {
              return false;
            }
            failures++;
            if (e.status() != Status.FAILED || failures > MOST_FAILURES) {
              throw e;
            }
            return false;
          }
        });
  }

  @Override
  public Optional<Instant> changed(String folder) throws StoreException {
    return wires.run(
        "look at the lock",
        (wire, files) -> files.look(path(files, folder)).map(SftpLockFolder::modified));
  }

  @Override
  public Optional<List<String>> names(String folder) throws StoreException {
    return wires.run(
        "look at the lock",
        (wire, files) -> {
          try {
            return Optional.of(
                files.list(path(files, folder)).stream()
                    .map(LsEntry::getFilename)
                    .sorted()
                    .toList());
          } catch (RemoteException e) {
            return ifAbsent(e, Optional.<List<String>>empty());
          }
        });
  }

  @Override
  public boolean write(String path, String text) throws StoreException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return wires.run(
        "lock the repository",
        (wire, files) -> {
          try (Upload upload = Upload.send(wire, wires.pool(), tree, bytes)) {
            files.move(upload.path(), path(files, path));
            upload.hasMoved();
            return true;
          } catch (RemoteException e) {
            return ifAbsent(e, false);
          }
        });
  }

  @Override
  public boolean rename(String from, String to) throws StoreException {
    return wires.run(
        "confirm the lock",
        (wire, files) -> {
          try {
            files.move(path(files, from), path(files, to));
            return true;
          } catch (RemoteException e) {
            return ifAbsent(e, false);
          }
        });
  }

  @Override
  public boolean isHeld(String path) throws StoreException {
    return wires.run("look at the lock", (wire, files) -> files.isHeld(path(files, path)));
  }

  @Override
  public void remove(String path) throws StoreException {
    wires.run(
        "give up the lock",
        (wire, files) -> {
          files.remove(path(files, path));
          return true;
        });
  }

  @Override
  public void drop(String folder) throws StoreException {
    wires.run(
        "remove the lock",
        (wire, files) -> {
          String path = path(files, folder);
          for (LsEntry entry : entries(files, path)) {
            files.remove(RemoteTree.child(path, entry.getFilename()));
          }
          files.removeFolder(path);
          return true;
        });
  }

  @Override
  public Instant now() throws StoreException {
    return wires.run("ask for the server's time", (wire, files) -> now(wire, wires.pool(), tree));
  }

  /** The time by the server's clock. */
  static Instant now(Wire wire, WirePool pool, RemoteTree tree) throws IOException {
    try (Upload probe = Upload.send(wire, pool, tree, new byte[0])) {
      return probe.state().modified();
    }
  }

  @Override
  public List<Left> locks(Duration life) throws StoreException {
    return left(tree::lockFolder, name -> life);
  }

  @Override
  public List<Left> unfinished() throws StoreException {
    return left(
            tree::unfinishedFolder,
            name -> Remains.isOne(name) ? Remains.KEPT : LeaseSweep.ABANDONED)
        .stream()
        .filter(file -> AtomicFile.isTemporary(file.name()))
        .toList();
  }

  @Override
  public void removeUnfinished(String name) throws StoreException {
    wires.run(
        "remove what was left unfinished",
        (wire, files) -> {
          files.remove(RemoteTree.child(tree.unfinishedFolder(files), name));
          return true;
        });
  }

  @Override
  public void tidy() throws StoreException {
    wires.run(
        "give up the lock",
        (wire, files) -> {
          files.removeFolder(tree.unfinishedFolder(files));
          files.removeFolder(tree.lockFolder(files));
          return true;
        });
  }

  /** A folder of the store. */
  @FunctionalInterface
  private interface Place {
    String in(RemoteFiles files) throws IOException;
  }

  private List<Left> left(Place place, Function<String, Duration> kept) throws StoreException {
    return wires.run(
        "look for what was left unfinished",
        (wire, files) -> {
          String folder = place.in(files);
          return files.isFolder(folder)
              ? entries(files, folder).stream()
                  .map(entry -> left(entry, kept.apply(entry.getFilename())))
                  .toList()
              : List.<Left>of();
        });
  }

  /** Others make these folders and remove them at any time. */
  private static List<LsEntry> entries(RemoteFiles files, String folder) throws IOException {
    try {
      return files.list(folder);
    } catch (RemoteException e) {
      return ifAbsent(e, List.of());
    }
  }

  private static Left left(LsEntry entry, Duration kept) {
    return new Left(entry.getFilename(), modified(entry.getAttrs()), kept);
  }

  private String path(RemoteFiles files, String below) throws IOException {
    return RemoteTree.child(tree.lockFolder(files), below);
  }

  private static <T> T ifAbsent(RemoteException e, T value) throws RemoteException {
    if (e.status() == Status.ABSENT) {
      return value;
    }
    throw e;
  }

  private static Instant modified(SftpATTRS attributes) {
    return Instant.ofEpochSecond(Integer.toUnsignedLong(attributes.getMTime()));
  }
}
