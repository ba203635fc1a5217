package org.qrepo.store.sftp;

import com.jcraft.jsch.ChannelSftp.LsEntry;
import com.jcraft.jsch.SftpATTRS;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.qrepo.publish.LockRequest;
import org.qrepo.publish.LockedException;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoreLock;
import org.qrepo.store.sftp.RemoteException.Status;

/**
 * The exclusive lock on a directory of another machine: the folder {@code .qrepo.lock/sftp}, which
 * only one can make. A file in it says whose it is, {@code ID.N}; to rename it to {@code ID.N+1}
 * renews the lock, by the server's clock, and at the same time proves that it is still held: the
 * rename fails once the folder is another's. A lock that was not renewed for too long is taken away
 * by a rename of the folder, and given back if it turns out to have been renewed just then.
 */
final class SftpLock implements StoreLock {
  private static final String FOLDER = "sftp";
  private static final String TAKEN_AWAY = "stale-";
  private static final int RENEWALS = 4;
  private static final int MOST_FAILURES = 10;
  private static final int ASKED_PER_LIFE = 20;

  private final Wires wires;
  private final RemoteTree tree;
  private final Duration life;
  private final String id = RemoteTree.nonce();
  private final List<SftpForeignLock> foreign = new ArrayList<>();
  private final ScheduledExecutorService renewal;
  private @Nullable ScheduledFuture<?> regular;
  private String folder = "";
  private int number;
  private int failures;
  private boolean lost;
  private boolean closed;
  private boolean givenUp;
  private Optional<Long> asked = Optional.empty();

  private SftpLock(Wires wires, RemoteTree tree, Duration life) {
    this.wires = wires;
    this.tree = tree;
    this.life = life;
    this.renewal =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "sftp-lock");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * @param life how long it holds without being renewed
   */
  static SftpLock acquire(Wires wires, RemoteTree tree, Duration life, LockRequest request)
      throws StoreException {
    SftpLock lock = new SftpLock(wires, tree, life);
    try {
      SftpPatience patience = new SftpPatience(request.patience());
      lock.enter(patience);
      lock.renewRegularly();
      for (StoreKey key : request.foreign()) {
        lock.foreign.add(SftpForeignLock.take(wires, tree, key, lock.id, patience));
      }
      new SftpSweep(wires, tree).run(life);
      return lock;
    } catch (StoreException | RuntimeException e) {
      lock.abandon(e);
      throw e;
    }
  }

  @Override
  public synchronized void confirm() throws StoreException {
    if (closed || lost) {
      throw lost("the lock in " + folder + " is no longer this publisher's");
    }
    renew();
    for (SftpForeignLock file : foreign) {
      if (!file.isHeld()) {
        throw lost(file.key() + " was removed or replaced while this publisher held it");
      }
    }
  }

  @Override
  public void close() throws StoreException {
    // Who is interrupted gives it up all the same.
    boolean interrupted = Thread.interrupted();
    try {
      if (regular != null) {
        regular.cancel(false);
      }
      renewal.shutdown();
      giveUp();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized void giveUp() throws StoreException {
    closed = true;
    if (number == 0 || givenUp || wires.pool().isClosed()) {
      return;
    }
    for (SftpForeignLock file : foreign) {
      file.release();
    }
    wires.run(
        "give up the lock",
        (wire, files) -> {
          files.removeFolder(tree.unfinishedFolder(files));
          files.remove(owner());
          files.removeFolder(folder);
          files.removeFolder(RemoteTree.above(folder));
          return true;
        });
    givenUp = true;
  }

  private void enter(SftpPatience patience) throws StoreException {
    while (!wires.run("lock the repository", this::isTaken)) {
      if (!patience.waitALittle()) {
        throw wires.run("lock the repository", (wire, files) -> locked(files));
      }
    }
  }

  private boolean isTaken(Wire wire, RemoteFiles files) throws IOException {
    try {
      folder = RemoteTree.child(tree.makeLockFolder(files), FOLDER);
      if (!isMade(files)) {
        takeAwayIfStale(wire, files);
        return false;
      }
      write(wire, files);
      // Who was held up for very long between the two steps may have written into another's folder.
      List<String> owners = names(files, folder);
      if (owners.equals(List.of(name()))) {
        return true;
      }
      files.remove(owner());
      number = 0;
      return false;
    } catch (RemoteException e) {
      if (e.status() == Status.ABSENT) {
        number = 0;
        return false;
      }
      throw e;
    }
  }

  /**
   * False if another has the folder, or had it: the server says "Failure" for that and for what
   * does not pass, as a full disk.
   */
  private boolean isMade(RemoteFiles files) throws RemoteException {
    try {
      boolean made = files.makeFolder(folder);
      failures = 0;
      return made;
    } catch (RemoteException e) {
      failures++;
      if (e.status() != Status.FAILED || failures > MOST_FAILURES) {
        throw e;
      }
      return false;
    }
  }

  private void write(Wire wire, RemoteFiles files) throws IOException {
    number = 1;
    byte[] bytes = ("qrepo " + id + "\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    try (Upload upload = Upload.send(wire, wires.pool(), tree, bytes)) {
      files.move(upload.path(), owner());
      upload.hasMoved();
    }
  }

  private void takeAwayIfStale(Wire wire, RemoteFiles files) throws IOException {
    Optional<SftpATTRS> there = files.look(folder);
    if (there.isEmpty()) {
      return;
    }
    List<String> owners = names(files, folder);
    if (!isTimeToAsk()) {
      return;
    }
    Instant now = SftpSweep.now(wire, wires.pool(), tree);
    if (!now.isAfter(modified(there.get()).plus(life))) {
      return;
    }
    String away = RemoteTree.child(RemoteTree.above(folder), TAKEN_AWAY + RemoteTree.nonce());
    files.move(folder, away);
    if (names(files, away).equals(owners)) {
      SftpSweep.remove(files, away);
    } else if (!files.isHeld(folder)) {
      files.move(away, folder);
    }
  }

  /** The server's time is told by a write there, so it is not asked for at every look. */
  private boolean isTimeToAsk() {
    long now = System.nanoTime();
    if (asked.isPresent() && now - asked.get() < life.toNanos() / ASKED_PER_LIFE) {
      return false;
    }
    asked = Optional.of(now);
    return true;
  }

  private void renewRegularly() {
    long period = Math.max(1, life.toMillis() / RENEWALS);
    regular =
        renewal.scheduleWithFixedDelay(this::renewQuietly, period, period, TimeUnit.MILLISECONDS);
  }

  @SuppressWarnings("EmptyCatch") // the next try may succeed, and confirm tells
  private synchronized void renewQuietly() {
    try {
      if (!closed && !lost) {
        renew();
      }
    } catch (StoreException ignored) {
    }
  }

  private void renew() throws StoreException {
    boolean held =
        wires.run(
            "confirm the lock",
            (wire, files) -> {
              try {
                files.move(owner(), RemoteTree.child(folder, id + "." + (number + 1)));
                number++;
                return true;
              } catch (RemoteException e) {
                if (e.status() == Status.ABSENT) {
                  return adopted(files);
                }
                throw e;
              }
            });
    if (!held) {
      lost = true;
      throw lost("the lock in " + folder + " was taken by another publisher");
    }
  }

  /** An answer may have been lost after the rename was done: then the next name is there. */
  private boolean adopted(RemoteFiles files) throws IOException {
    if (!files.isHeld(RemoteTree.child(folder, id + "." + (number + 1)))) {
      return false;
    }
    number++;
    return true;
  }

  private String name() {
    return id + "." + number;
  }

  private String owner() {
    return RemoteTree.child(folder, name());
  }

  private void abandon(Exception reason) {
    try {
      close();
    } catch (StoreException e) {
      reason.addSuppressed(e);
    }
  }

  private LockedException locked(RemoteFiles files) throws IOException {
    String since =
        files.look(folder).map(a -> ", who gave a sign last at " + modified(a)).orElse("");
    return new LockedException(
        String.format(
            "%s is locked by another qrepo%s (server time); try again when it is done:"
                + " a lock of this kind ends %d minutes after its publisher did",
            RemoteTree.above(RemoteTree.above(folder)), since, Math.max(1, life.toMinutes())));
  }

  private static List<String> names(RemoteFiles files, String folder) throws IOException {
    return files.list(folder).stream().map(LsEntry::getFilename).sorted().toList();
  }

  private static Instant modified(SftpATTRS attributes) {
    return Instant.ofEpochSecond(Integer.toUnsignedLong(attributes.getMTime()));
  }

  private static StoreException lost(String message) {
    return new StoreException(Kind.CONFLICT, message + "; nothing more is written, run it again");
  }
}
