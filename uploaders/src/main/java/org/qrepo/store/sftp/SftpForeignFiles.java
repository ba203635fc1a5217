package org.qrepo.store.sftp;

import com.jcraft.jsch.SftpATTRS;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.lease.ForeignFiles;

/** Lock files of other programs in a directory of another machine. */
final class SftpForeignFiles implements ForeignFiles {
  private static final int LONGEST = 4096;

  private final Wires wires;
  private final RemoteTree tree;

  SftpForeignFiles(Wires wires, RemoteTree tree) {
    this.wires = wires;
    this.tree = tree;
  }

  @Override
  public boolean create(StoreKey key, String text) throws StoreException {
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

  @Override
  public Optional<String> read(StoreKey key) throws StoreException {
    return wires.run(
        "read " + key,
        (wire, files) -> {
          Optional<String> path = tree.find(files, key);
          return path.isEmpty() ? Optional.<String>empty() : read(files, path.get());
        });
  }

  @Override
  public void remove(StoreKey key) throws StoreException {
    wires.run(
        "remove " + key,
        (wire, files) -> {
          files.remove(tree.make(files, key));
          return true;
        });
  }

  @Override
  public String mark() {
    return "sftp";
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
}
