package org.qrepo.store.sftp;

import com.jcraft.jsch.ChannelSftp.LsEntry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.qrepo.io.Blob;
import org.qrepo.store.sftp.RemoteException.Status;

/**
 * What is left of big files whose sending broke. The name of an unfinished file says by digest and
 * size what it is to become, so that whoever sends those bytes next, in this run or another, goes
 * on with it instead of beginning anew. It is claimed by a rename, which only one can do.
 *
 * <p>One that is still being written to is left alone: it is taken if its publisher said that it
 * gave up, or if nobody wrote to it for as long as a server may leave a request without an answer.
 * Should its publisher live nevertheless, nothing is damaged: both write the same bytes to the same
 * places, and who finds the file gone sends it again.
 */
final class Remains {
  /** Smaller ones are sent again sooner than they are looked for. */
  static final long LEAST_FILE = 4 << 20;

  /** For how long they are kept. */
  static final Duration KEPT = Duration.ofDays(1);

  private static final long LEAST_REST = 1 << 20;
  private static final String GIVEN_UP = ".left";

  private final RemoteTree tree;
  private final Duration silence;
  private final Set<String> own = ConcurrentHashMap.newKeySet();

  /**
   * @param silence after which nobody is taken to write to a file any more
   */
  Remains(RemoteTree tree, Duration silence) {
    this.tree = tree;
    this.silence = silence;
  }

  /** Whether a name of an unfinished file is that of one to go on with. */
  static boolean isOne(String name) {
    return name.matches("\\.qrepo-tmp-[0-9a-f]{64}-[0-9]{1,19}-[0-9a-f]{16}(\\.left)?");
  }

  /** A new path for an unfinished file. */
  String fresh(RemoteFiles files, Blob blob) throws IOException {
    return blob.size() < LEAST_FILE
        ? tree.unfinished(files)
        : tree.unfinished(files, stem(blob) + RemoteTree.nonce());
  }

  /** Takes what is left of these bytes, the most of it; its path, if there is any. */
  Optional<String> claim(Wire wire, WirePool pool, Blob blob) throws IOException {
    if (blob.size() < LEAST_FILE) {
      return Optional.empty();
    }
    RemoteFiles files = new RemoteFiles(wire);
    String folder = tree.unfinishedFolder(files);
    List<LsEntry> found = found(files, folder, blob);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Instant dead = SftpLockFolder.now(wire, pool, tree).minus(silence);
    for (LsEntry entry : found) {
      String name = entry.getFilename();
      if (own.remove(name) || name.endsWith(GIVEN_UP) || isDead(entry, dead)) {
        String path = fresh(files, blob);
        if (isMoved(files, RemoteTree.child(folder, name), path)) {
          return Optional.of(path);
        }
      }
    }
    return Optional.empty();
  }

  /** This publisher stops writing to a file, and leaves it to whoever goes on. */
  void leave(String path) {
    own.add(name(path));
  }

  /** Says so to other publishers. */
  void giveUp(RemoteFiles files, String path) throws RemoteException {
    if (isMoved(files, path, path + GIVEN_UP)) {
      own.remove(name(path));
    }
  }

  private static List<LsEntry> found(RemoteFiles files, String folder, Blob blob)
      throws RemoteException {
    try {
      return files.list(folder).stream()
          .filter(e -> e.getFilename().startsWith(stem(blob)) && isOne(e.getFilename()))
          .filter(e -> e.getAttrs().isReg())
          .filter(e -> e.getAttrs().getSize() >= LEAST_REST)
          .filter(e -> e.getAttrs().getSize() <= blob.size())
          .sorted(Comparator.comparingLong((LsEntry e) -> e.getAttrs().getSize()).reversed())
          .toList();
    } catch (RemoteException e) {
      if (e.status() == Status.ABSENT) {
        return List.of();
      }
      throw e;
    }
  }

  private static boolean isDead(LsEntry entry, Instant dead) {
    return Instant.ofEpochSecond(Integer.toUnsignedLong(entry.getAttrs().getMTime()))
        .isBefore(dead);
  }

  private static boolean isMoved(RemoteFiles files, String from, String to) throws RemoteException {
    try {
      files.move(from, to);
      return true;
    } catch (RemoteException e) {
      if (e.status() == Status.ABSENT) {
        return false;
      }
      throw e;
    }
  }

  private static String stem(Blob blob) {
    return ".qrepo-tmp-" + blob.sha256().hex() + "-" + blob.size() + "-";
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
