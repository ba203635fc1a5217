package org.qrepo.store.sftp;

import com.jcraft.jsch.ChannelSftp.LsEntry;
import com.jcraft.jsch.SftpATTRS;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.qrepo.io.AtomicFile;
import org.qrepo.publish.StoreException;

/**
 * Removes what dead publishers left: unfinished files that nobody has written to for an hour, or a
 * day if their sending may go on, and locks that were taken away. A publisher whose file it takes
 * nevertheless fails and can run again.
 */
final class SftpSweep {
  private static final Duration ABANDONED = Duration.ofHours(1);

  private final Wires wires;
  private final RemoteTree tree;

  SftpSweep(Wires wires, RemoteTree tree) {
    this.wires = wires;
    this.tree = tree;
  }

  /**
   * @param life of a lock
   */
  void run(Duration life) throws StoreException {
    wires.run(
        "remove what was left unfinished",
        (wire, files) -> {
          String unfinished = tree.unfinishedFolder(files);
          String locks = tree.makeLockFolder(files);
          Optional<Instant> now = Optional.empty();
          for (LsEntry entry : entries(files, unfinished)) {
            if (AtomicFile.isTemporary(entry.getFilename())) {
              now = Optional.of(now.isPresent() ? now.get() : now(wire, wires.pool(), tree));
              Duration kept = Remains.isOne(entry.getFilename()) ? Remains.KEPT : ABANDONED;
              removeOld(files, unfinished, entry, now.get().minus(kept));
            }
          }
          for (LsEntry entry : entries(files, locks)) {
            if (entry.getFilename().startsWith("stale-")) {
              now = Optional.of(now.isPresent() ? now.get() : now(wire, wires.pool(), tree));
              removeOld(files, locks, entry, now.get().minus(life));
            }
          }
          files.removeFolder(unfinished);
          return true;
        });
  }

  /** The time by the server's clock. */
  static Instant now(Wire wire, WirePool pool, RemoteTree tree) throws IOException {
    try (Upload probe = Upload.send(wire, pool, tree, new byte[0])) {
      return probe.state().modified();
    }
  }

  /** Removes a folder of plain files. */
  static void remove(RemoteFiles files, String folder) throws IOException {
    for (LsEntry entry : files.list(folder)) {
      files.remove(RemoteTree.child(folder, entry.getFilename()));
    }
    files.removeFolder(folder);
  }

  private static Iterable<LsEntry> entries(RemoteFiles files, String folder) throws IOException {
    return files.isFolder(folder) ? files.list(folder) : java.util.List.of();
  }

  private static void removeOld(RemoteFiles files, String folder, LsEntry entry, Instant before)
      throws IOException {
    SftpATTRS attributes = entry.getAttrs();
    Instant modified = Instant.ofEpochSecond(Integer.toUnsignedLong(attributes.getMTime()));
    if (modified.isBefore(before)) {
      String path = RemoteTree.child(folder, entry.getFilename());
      if (attributes.isDir()) {
        remove(files, path);
      } else {
        files.remove(path);
      }
    }
  }
}
