package org.qrepo.store.sftp;

import com.jcraft.jsch.SftpATTRS;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.qrepo.publish.LockedException;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;

/**
 * The lock file that repo-add, repo-remove and publishers on that machine honour beside a database.
 * Ours has a second line, by which the next holder of the store's own lock knows that a publisher
 * over SFTP left it who is dead; a publisher on that machine knows nothing of it and waits.
 */
final class SftpForeignLock {
  private static final String MARK = "sftp ";
  private static final int LONGEST = 4096;

  private final Wires wires;
  private final RemoteTree tree;
  private final StoreKey key;
  private final String text;

  private SftpForeignLock(Wires wires, RemoteTree tree, StoreKey key, String text) {
    this.wires = wires;
    this.tree = tree;
    this.key = key;
    this.text = text;
  }

  /** Takes it, waiting while another holds it. Only called by the holder of the store's lock. */
  static SftpForeignLock take(
      Wires wires, RemoteTree tree, StoreKey key, String nonce, SftpPatience patience)
      throws StoreException {
    String text = ProcessHandle.current().pid() + "\n" + MARK + nonce + "\n";
    SftpForeignLock lock = new SftpForeignLock(wires, tree, key, text);
    while (!lock.create()) {
      Optional<String> there = lock.read();
      if (there.isPresent() && isLeftByUs(there.get())) {
        lock.remove();
      } else if (there.isPresent() && !patience.waitALittle()) {
        throw new LockedException(
            key
                + " is there: repo-add or a publisher on that machine is at work, process "
                + there.get().lines().findFirst().filter(l -> l.matches("\\d{1,18}")).orElse("?")
                + "; try again when it is done, or remove the file if none is");
      }
    }
    return lock;
  }

  StoreKey key() {
    return key;
  }

  boolean isHeld() throws StoreException {
    return read().filter(text::equals).isPresent();
  }

  void release() throws StoreException {
    if (isHeld()) {
      remove();
    }
  }

  private boolean create() throws StoreException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return wires.run(
        "lock " + key,
        (wire, files) -> {
          String path = tree.make(files, key);
          if (files.isHeld(path)) {
            return false;
          }
          try (Upload upload = Upload.send(wire, wires.pool(), tree, bytes)) {
            return files.link(upload.path(), path);
          }
        });
  }

  /** Empty if it is gone. */
  private Optional<String> read() throws StoreException {
    return wires.run(
        "read " + key,
        (wire, files) -> {
          Optional<String> path = tree.find(files, key);
          return path.isEmpty() ? Optional.<String>empty() : read(files, path.get());
        });
  }

  private static Optional<String> read(RemoteFiles files, String path) throws IOException {
    Optional<SftpATTRS> there = files.look(path);
    if (there.isEmpty()) {
      return Optional.empty();
    }
    if (!there.get().isReg()) {
      return Optional.of("");
    }
    try {
      return Optional.of(new String(files.read(path, 0, LONGEST), StandardCharsets.ISO_8859_1));
    } catch (RemoteException e) {
      if (e.status() == RemoteException.Status.ABSENT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void remove() throws StoreException {
    wires.run(
        "remove " + key,
        (wire, files) -> {
          files.remove(tree.make(files, key));
          return true;
        });
  }

  private static boolean isLeftByUs(String text) {
    List<String> lines = text.lines().toList();
    return lines.size() > 1 && lines.get(1).startsWith(MARK);
  }
}
