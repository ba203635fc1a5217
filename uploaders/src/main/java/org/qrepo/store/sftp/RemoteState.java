package org.qrepo.store.sftp;

import com.jcraft.jsch.SftpATTRS;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.qrepo.io.Digests;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.Tag;

/**
 * What a server says about a regular file, links followed.
 *
 * <p>The protocol tells times in seconds and no inode, so a state is told by its size, its time and
 * a digest of its bytes: of all of them up to 64 KiB, else of the first and last 32 KiB, where
 * databases have their lineage and compressed files their checksum.
 */
record RemoteState(long size, Instant modified, Tag tag) {
  /** The length of each end of a file that is looked at. */
  static final int END = 32 << 10;

  /** Empty if there is nothing, or a folder. */
  static Optional<RemoteState> read(RemoteFiles files, String path) throws IOException {
    Optional<SftpATTRS> attributes = regular(files, path);
    return attributes.isEmpty()
        ? Optional.empty()
        : Optional.of(of(attributes.get(), ends(files, path, attributes.get().getSize())));
  }

  /** The attributes of an object; empty if there is none. */
  static Optional<SftpATTRS> regular(RemoteFiles files, String path) throws IOException {
    Optional<SftpATTRS> attributes = files.lookThrough(path).filter(found -> !found.isDir());
    if (attributes.isPresent() && !attributes.get().isReg()) {
      throw new StoreException(Kind.PERMANENT, path + " is neither a file nor a folder; remove it");
    }
    return attributes;
  }

  /** The state of a file whose ends were read: all of it if it is small. */
  static RemoteState of(SftpATTRS attributes, byte[] ends) {
    Digests digests = new Digests();
    digests.update(ends, 0, ends.length);
    long seconds = Integer.toUnsignedLong(attributes.getMTime());
    String tag = attributes.getSize() + "-" + seconds + "-" + digests.sha256();
    return new RemoteState(attributes.getSize(), Instant.ofEpochSecond(seconds), new Tag(tag));
  }

  /** Whether its digest is that of all bytes. */
  static boolean isSmall(long size) {
    return size <= 2 * END;
  }

  private static byte[] ends(RemoteFiles files, String path, long size) throws IOException {
    if (isSmall(size)) {
      return files.read(path, 0, 2 * END);
    }
    byte[] first = files.read(path, 0, END);
    byte[] last = files.read(path, size - END, END);
    byte[] both = new byte[first.length + last.length];
    System.arraycopy(first, 0, both, 0, first.length);
    System.arraycopy(last, 0, both, first.length, last.length);
    return both;
  }
}
