package org.qrepo.store.sftp;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.SftpATTRS;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
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
  private final Remains remains;
  private final String path;
  private boolean moved;
  private boolean left;

  private Upload(Wire wire, WirePool pool, Remains remains, String path) {
    this.wire = wire;
    this.files = new RemoteFiles(wire);
    this.pool = pool;
    this.remains = remains;
    this.path = path;
  }

  /**
   * Sends a file, or what is missing of one whose sending broke before.
   *
   * @param pool has another wire to tidy up with if this one breaks
   */
  static Upload send(
      Wire wire, WirePool pool, RemoteTree tree, Remains remains, StoreKey key, Blob blob)
      throws IOException {
    Optional<Upload> resumed = resume(wire, pool, tree, remains, key, blob);
    if (resumed.isPresent()) {
      return resumed.get();
    }
    for (int i = 1; ; i++) {
      try {
        String path = remains.fresh(new RemoteFiles(wire), blob);
        Upload upload = new Upload(wire, pool, remains, path);
        upload.fill(tree, key, blob, new Digests(), 0);
        return upload;
      } catch (RemoteException e) {
        // The folder of unfinished files goes when a lock is given up, maybe just now.
        if (e.status() != Status.ABSENT || i == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /**
   * Goes on with what is there, which is read back: the digest is that of what the server has and
   * of what is sent. Where the two do not make the file, all of it is sent.
   */
  private static Optional<Upload> resume(
      Wire wire, WirePool pool, RemoteTree tree, Remains remains, StoreKey key, Blob blob)
      throws IOException {
    Optional<String> path = remains.claim(wire, pool, blob);
    if (path.isEmpty()) {
      return Optional.empty();
    }
    Upload upload = new Upload(wire, pool, remains, path.get());
    try {
      Digests digests = new Digests();
      long size = upload.readBack(digests);
      upload.fill(tree, key, blob, digests, size);
      return Optional.of(upload);
    } catch (DoesNotFitException e) {
      return Optional.empty();
    } catch (RemoteException e) {
      if (e.status() == Status.ABSENT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Until it grows no more: the server may still be writing what came before the break. */
  private long readBack(Digests digests) throws IOException {
    try {
      long size = 0;
      for (long now = size(); now > size; now = size()) {
        size += readBack(digests, size);
      }
      return size;
    } catch (RemoteException e) {
      breakOff(e);
      throw e;
    }
  }

  private long readBack(Digests digests, long from) throws IOException {
    long count = 0;
    try (InputStream in = files.read(path, from)) {
      byte[] buffer = new byte[1 << 15];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digests.update(buffer, 0, n);
        count += n;
      }
    }
    return count;
  }

  private long size() throws IOException {
    return files.look(path).map(SftpATTRS::getSize).orElse(-1L);
  }

  /**
   * @param digests of what is there
   * @param there how much of the file that is
   */
  private void fill(RemoteTree tree, StoreKey key, Blob blob, Digests digests, long there)
      throws IOException {
    try {
      receive(key, blob, digests, there);
      check(key, blob, there);
    } catch (IOException e) {
      // Asked before what was sent is removed, and with it the lack of space.
      IOException explained = pool.explain(e, tree);
      breakOff(explained);
      throw explained;
    } catch (RuntimeException e) {
      discard(e);
      throw e;
    }
  }

  /** What there is of a big file stays if only the way to the server is gone, or the user stops. */
  private void breakOff(IOException reason) {
    left =
        reason instanceof RemoteException said
            && Remains.isOne(path.substring(path.lastIndexOf('/') + 1))
            && Set.of(Status.BROKEN, Status.SILENT, Status.INTERRUPTED).contains(said.status());
    if (left) {
      remains.leave(path);
    }
    discard(reason);
  }

  /** Writes a small file of the store's own. */
  static Upload send(Wire wire, WirePool pool, RemoteTree tree, byte[] bytes) throws IOException {
    Remains none = new Remains(tree, Duration.ZERO);
    return send(wire, pool, tree, none, new StoreKey("lock"), Blob.of(bytes));
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
    if (left) {
      remains.giveUp(with, path);
    } else if (!moved) {
      with.remove(path);
    }
  }

  private void receive(StoreKey key, Blob blob, Digests digests, long there) throws IOException {
    long size = there;
    try (InputStream in = open(key, blob)) {
      skip(key, in, there);
      int mode = there == 0 ? ChannelSftp.OVERWRITE : ChannelSftp.RESUME;
      OutputStream out = wire.ask(sftp -> sftp.put(Quoted.path(path), null, mode, 0));
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
      throw there == 0 ? changed(key, blob.size(), size) : new DoesNotFitException();
    }
  }

  private static void skip(StoreKey key, InputStream in, long bytes) throws IOException {
    try {
      in.skipNBytes(bytes);
    } catch (EOFException e) {
      throw new DoesNotFitException();
    } catch (IOException e) {
      throw unreadable(key, e);
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

  private void check(StoreKey key, Blob blob, long there) throws IOException {
    files.permit(path, FILE_MODE);
    long size = size();
    if (size != blob.size() && there > 0) {
      throw new DoesNotFitException();
    }
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

  /** What was there is not the begin of the file. */
  private static final class DoesNotFitException extends IOException {
    private static final long serialVersionUID = 1L;
  }
}
