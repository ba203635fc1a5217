package org.qrepo.store.sftp;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.SftpATTRS;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Set;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.sftp.RemoteException.Status;

/**
 * A file on its way: under a hidden name until it is whole and checked. The digest is that of the
 * bytes as they were sent; the server is asked for the size, and what is small is read back. SFTP
 * as OpenSSH speaks it has no way to ask for a digest, and none that the library knows to make a
 * file durable.
 */
final class Upload implements Closeable {
  private static final int FILE_MODE = 0644;
  private static final int READ_BACK = 1 << 20;
  private static final int ATTEMPTS = 20;

  private final Wire wire;
  private final RemoteFiles files;
  private final WirePool pool;
  private final String path;
  private boolean moved;

  private Upload(Wire wire, WirePool pool, String path) {
    this.wire = wire;
    this.files = new RemoteFiles(wire);
    this.pool = pool;
    this.path = path;
  }

  /**
   * Sends a file.
   *
   * @param pool has another wire to tidy up with if this one breaks
   */
  static Upload send(Wire wire, WirePool pool, RemoteTree tree, StoreKey key, Blob blob)
      throws IOException {
    for (int i = 1; ; i++) {
      try {
        return sendOnce(wire, pool, tree, key, blob);
      } catch (RemoteException e) {
        // The folder of unfinished files goes when a lock is given up, maybe just now.
        if (e.status() != Status.ABSENT || i == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static Upload sendOnce(Wire wire, WirePool pool, RemoteTree tree, StoreKey key, Blob blob)
      throws IOException {
    Upload upload = new Upload(wire, pool, tree.unfinished(new RemoteFiles(wire)));
    try {
      upload.receive(key, blob);
      upload.check(key, blob);
      return upload;
    } catch (IOException e) {
      // Asked before what was sent is removed, and with it the lack of space.
      IOException explained = pool.explain(e, tree);
      upload.discard(explained);
      throw explained;
    } catch (RuntimeException e) {
      upload.discard(e);
      throw e;
    }
  }

  /** Writes a small file of the store's own. */
  static Upload send(Wire wire, WirePool pool, RemoteTree tree, byte[] bytes) throws IOException {
    return send(wire, pool, tree, new StoreKey("lock"), Blob.of(bytes));
  }

  String path() {
    return path;
  }

  /** Says that it has its name now, and that the hidden one is gone. */
  void hasMoved() {
    moved = true;
  }

  /** Where it is now. */
  RemoteState state() throws IOException {
    return RemoteState.read(files, path)
        .orElseThrow(() -> new StoreException(Kind.TRANSIENT, path + " was removed by another"));
  }

  @Override
  public void close() throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      tidy();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void tidy() throws IOException {
    if (wire.isSound()) {
      tidy(files);
    } else if (wire.connection().isOpen()) {
      Wire other = pool.take();
      try {
        tidy(new RemoteFiles(other));
      } finally {
        pool.give(other);
      }
    }
  }

  private void tidy(RemoteFiles with) throws IOException {
    if (!moved) {
      with.remove(path);
    }
  }

  private void receive(StoreKey key, Blob blob) throws IOException {
    Digests digests = new Digests();
    long size = 0;
    try (InputStream in = open(key, blob)) {
      OutputStream out =
          wire.ask(sftp -> sftp.put(Quoted.path(path), null, ChannelSftp.OVERWRITE, 0));
      boolean done = false;
      try {
        byte[] buffer = new byte[1 << 15];
        for (int n = read(key, in, buffer);
            n >= 0 && size <= blob.size();
            n = read(key, in, buffer)) {
          int length = n;
          digests.update(buffer, 0, n);
          wire.ask(
              sftp -> {
                out.write(buffer, 0, length);
                return true;
              });
          size += n;
        }
        done = true;
      } finally {
        finish(out, done);
      }
    }
    if (size != blob.size() || !digests.sha256().equals(blob.sha256())) {
      throw changed(key, blob.size(), size);
    }
  }

  /**
   * Waits for the server to have taken everything; after a failure of ours the wire stays whole.
   */
  private void finish(OutputStream out, boolean done) throws IOException {
    if (wire.isSound() || done) {
      wire.ask(
          sftp -> {
            out.close();
            return true;
          });
    }
  }

  private void check(StoreKey key, Blob blob) throws IOException {
    files.permit(path, FILE_MODE);
    long size = files.look(path).map(SftpATTRS::getSize).orElse(-1L);
    if (size != blob.size()) {
      throw damaged(key, "has " + size + " bytes of " + blob.size());
    }
    if (size <= READ_BACK) {
      byte[] back = files.read(path, 0, (int) size + 1);
      if (!Digests.of(back, Set.of()).sha256().equals(blob.sha256())) {
        throw damaged(key, "gives back other bytes");
      }
    }
  }

  private void discard(Exception reason) {
    try {
      close();
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private static InputStream open(StoreKey key, Blob blob) throws StoreException {
    try {
      return blob.open();
    } catch (IOException e) {
      throw unreadable(key, e);
    }
  }

  private static int read(StoreKey key, InputStream in, byte[] buffer) throws StoreException {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw unreadable(key, e);
    }
  }

  private static StoreException unreadable(StoreKey key, IOException e) {
    return new StoreException(
        Kind.PERMANENT, "the source of " + key + " cannot be read: " + e.getMessage(), e);
  }

  private static StoreException damaged(StoreKey key, String how) {
    return new StoreException(Kind.TRANSIENT, "the server " + how + " of what was sent as " + key);
  }

  private static StoreException changed(StoreKey key, long expected, long found) {
    String sizes =
        expected == found ? "other bytes" : "not the " + expected + " bytes that were measured";
    return new StoreException(
        Kind.PERMANENT,
        "the source of " + key + " has " + sizes + ": it changed after it was read; run it again");
  }
}
