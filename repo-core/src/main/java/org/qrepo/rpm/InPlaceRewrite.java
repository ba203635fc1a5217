package org.qrepo.rpm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.AtomicFile;

/**
 * Overwrites a signature header where it stands. First a record of what was there is made durable
 * beside the package; it goes when the new bytes are durable. Whoever finds a record, and no
 * process that holds the package's lock, puts the old bytes back, or sees that all new ones are
 * there.
 */
public final class InPlaceRewrite {
  private static final int PIECE = 1024;

  private final Path rpm;
  private final Path record;
  private final Watcher watcher;

  /** Is told before each step; for tests that stop there. */
  @FunctionalInterface
  interface Watcher {
    void before(String step);
  }

  /** What became of an interrupted rewriting. */
  public enum Recovery {
    /** There was none. */
    NOTHING,
    /** The package is as it was before. */
    RESTORED,
    /** The new signature header was all there. */
    COMPLETED
  }

  InPlaceRewrite(Path rpm, Watcher watcher) throws IOException {
    this.rpm = rpm.toRealPath();
    this.record = UndoRecord.beside(this.rpm);
    this.watcher = watcher;
  }

  /**
   * Ends what a dead process began on this package; whoever is about to read it calls this first.
   *
   * @throws RefusedException if another process is at it, or the record does not fit the package
   */
  public static Recovery recover(Path rpm) throws IOException {
    return new InPlaceRewrite(rpm, step -> {}).recover();
  }

  void carryOut(RpmFile file, SignatureBlock block) throws IOException {
    try (FileChannel channel = open();
        FileLock lock = lock(channel)) {
      if (!lock.isValid() || Files.exists(record) || !file.unchanged()) {
        throw RpmRewrite.changed(file);
      }
      byte[] before = read(channel, block.length());
      watcher.before("record");
      UndoRecord.of(file, before, block).write(record);
      write(channel, block.bytes());
      forget();
    }
  }

  Recovery recover() throws IOException {
    if (!Files.exists(record)) {
      return Recovery.NOTHING;
    }
    try (FileChannel channel = open();
        FileLock lock = lock(channel)) {
      Optional<UndoRecord> found = lock.isValid() ? UndoRecord.read(record) : Optional.empty();
      return found.isPresent() ? recover(channel, found.get()) : Recovery.NOTHING;
    }
  }

  private Recovery recover(FileChannel channel, UndoRecord undo) throws IOException {
    int length = undo.before().length;
    if (channel.size() != undo.size() || !Arrays.equals(undo.header(), header(channel, length))) {
      throw UndoRecord.useless(record, "is of another package than lies beside it");
    }
    boolean done = Arrays.equals(undo.after(), UndoRecord.sha256(read(channel, length)));
    if (!done) {
      write(channel, undo.before());
    }
    channel.force(true);
    forget();
    return done ? Recovery.COMPLETED : Recovery.RESTORED;
  }

  /** The digest of the main header, which no rewriting touches. */
  private byte[] header(FileChannel channel, int length) throws IOException {
    channel.position(RpmLead.LENGTH + length);
    try {
      var in = java.nio.channels.Channels.newInputStream(channel);
      long left = channel.size() - channel.position();
      return UndoRecord.sha256(HeaderParser.read(in, HeaderKind.MAIN, left).raw());
    } catch (MalformedRpmException e) {
      throw UndoRecord.useless(record, "is of another package than lies beside it");
    }
  }

  private FileChannel open() throws IOException {
    return FileChannel.open(rpm, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private FileLock lock(FileChannel channel) throws IOException {
    FileLock lock = tryLock(channel);
    if (lock == null) {
      throw new RefusedException(
          Finding.of(
              "rpm-busy",
              String.valueOf(rpm.getFileName()),
              "another process is signing this package",
              "Try again when it is done."));
    }
    return lock;
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static byte[] read(FileChannel channel, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, RpmLead.LENGTH + (long) buffer.position()) < 0) {
        throw new java.io.EOFException("the package became shorter");
      }
    }
    return buffer.array();
  }

  private void write(FileChannel channel, byte[] bytes) throws IOException {
    for (int at = 0; at < bytes.length; at += PIECE) {
      watcher.before("write at " + at);
      ByteBuffer piece = ByteBuffer.wrap(bytes, at, Math.min(PIECE, bytes.length - at));
      while (piece.hasRemaining()) {
        channel.write(piece, RpmLead.LENGTH + (long) piece.position());
      }
    }
    watcher.before("sync");
    channel.force(true);
  }

  private void forget() throws IOException {
    watcher.before("forget");
    Files.delete(record);
    watcher.before("sync folder");
    Path folder = rpm.getParent();
    if (folder != null) {
      AtomicFile.syncFolder(folder);
    }
  }
}
