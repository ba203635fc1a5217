package org.qrepo.io;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file that appears under its name whole and durable, or not at all. Bytes go to a hidden
 * temporary file in the same folder; {@link #replace} or {@link #createNew} gives it its name;
 * closing without either leaves nothing behind. What a killed process left is told apart by {@link
 * #isAbandoned}: a living writer holds a file lock on its temporary file.
 */
public final class AtomicFile implements Closeable {
  private static final String PREFIX = ".qrepo-tmp-";
  private static final Duration UNCLAIMED = Duration.ofMinutes(1);
  private static final Duration UNLOCKABLE = Duration.ofDays(1);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Set<String> ALIVE = ConcurrentHashMap.newKeySet();
  private static final Object NAMING = new Object();

  private final Path target;
  private final Path temporary;
  private final FileChannel channel;

  private AtomicFile(Path target, Path temporary, FileChannel channel) {
    this.target = target;
    this.temporary = temporary;
    this.channel = channel;
  }

  /**
   * Begins a file beside its final name, in a folder that exists.
   *
   * @param permissions what the file will have whatever the umask; it never has more
   */
  public static AtomicFile beside(Path target, Set<PosixFilePermission> permissions)
      throws IOException {
    Path temporary = temporaryFor(target);
    ALIVE.add(nameOf(temporary));
    try {
      return new AtomicFile(target, temporary, create(temporary, permissions));
    } catch (IOException | RuntimeException e) {
      ALIVE.remove(nameOf(temporary));
      throw e;
    }
  }

  /** Writes a small file in one go, in place of what has its name. */
  public static void write(Path target, byte[] bytes, Set<PosixFilePermission> permissions)
      throws IOException {
    try (AtomicFile file = beside(target, permissions)) {
      file.write(bytes, 0, bytes.length);
      file.replace();
    }
  }

  /** Makes {@code link} point at {@code pointee}, in place of a link or file of that name. */
  public static void writeLink(Path link, String pointee) throws IOException {
    Path temporary = temporaryFor(link);
    ALIVE.add(nameOf(temporary));
    try {
      Files.createSymbolicLink(temporary, link.getFileSystem().getPath(pointee));
      Files.move(temporary, link, StandardCopyOption.ATOMIC_MOVE);
      syncFolder(folderOf(link));
    } finally {
      Files.deleteIfExists(temporary);
      ALIVE.remove(nameOf(temporary));
    }
  }

  /** Whether a file name is one that this class gives to unfinished files. */
  public static boolean isTemporary(String name) {
    return name.startsWith(PREFIX);
  }

  /**
   * Whether the writer of a temporary file is gone, so that the file may be removed. Where the file
   * system has no locks, it counts as gone after a day.
   *
   * @param now by the clock of the file system
   */
  public static boolean isAbandoned(Path temporary, Instant now) throws IOException {
    if (ALIVE.contains(nameOf(temporary))) {
      return false;
    }
    BasicFileAttributes attributes =
        Files.readAttributes(temporary, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Duration age = Duration.between(attributes.lastModifiedTime().toInstant(), now);
    if (!attributes.isRegularFile() || attributes.size() == 0) {
      return age.compareTo(UNCLAIMED) > 0;
    }
    return isUnlocked(temporary) || age.compareTo(UNLOCKABLE) > 0;
  }

  /** Makes the names in a folder durable. */
  public static void syncFolder(Path folder) throws IOException {
    sync(folder);
  }

  /** Makes a file that someone else has written durable, and its name. */
  public static void syncFile(Path file) throws IOException {
    sync(file);
    sync(folderOf(file));
  }

  public void write(byte[] bytes, int offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /**
   * Appends a piece of another file inside the kernel, which shares the blocks of both files where
   * the file system can and the Java is new enough (measured: 17 copies with sendfile, 25 asks for
   * copy_file_range).
   *
   * @throws java.io.EOFException if the source ends before
   */
  public void append(FileChannel source, long offset, long length) throws IOException {
    long done = 0;
    while (done < length) {
      long copied = source.transferTo(offset + done, length - done, channel);
      if (copied <= 0) {
        throw new EOFException("the file became shorter while it was copied");
      }
      done += copied;
    }
  }

  /** Overwrites a piece that was written before. */
  public void overwrite(long offset, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer, offset + buffer.position());
    }
  }

  /** Gives the file its name, in place of a file or link that has it. */
  public void replace() throws IOException {
    channel.force(true);
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    syncFolder(folderOf(target));
  }

  /**
   * Gives the file its name if no file, link or folder has it. Atomic where the file system has
   * hard links; elsewhere only against the writers of this process.
   *
   * @return whether the name was free
   */
  public boolean createNew() throws IOException {
    channel.force(true);
    boolean created = linkOrMove();
    if (created) {
      syncFolder(folderOf(target));
    }
    return created;
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      Files.deleteIfExists(temporary);
    } finally {
      ALIVE.remove(nameOf(temporary));
    }
  }

  private boolean linkOrMove() throws IOException {
    try {
      Files.createLink(target, temporary);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (AccessDeniedException | NoSuchFileException e) {
      throw e;
    } catch (FileSystemException | UnsupportedOperationException e) {
      return moveIfFree();
    }
  }

  private boolean moveIfFree() throws IOException {
    synchronized (NAMING) {
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        return false;
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      return true;
    }
  }

  private static FileChannel create(Path temporary, Set<PosixFilePermission> permissions)
      throws IOException {
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    FileChannel channel =
        FileChannel.open(temporary, options, PosixFilePermissions.asFileAttribute(permissions));
    try {
      claim(channel);
      Files.setPosixFilePermissions(temporary, permissions);
      return channel;
    } catch (IOException | RuntimeException e) {
      try (channel) {
        Files.deleteIfExists(temporary);
      }
      throw e;
    }
  }

  @SuppressWarnings("EmptyCatch") // without locks the age of a leftover decides
  private static void claim(FileChannel channel) {
    try {
      channel.tryLock();
    } catch (IOException ignored) {
    }
  }

  private static boolean isUnlocked(Path temporary) {
    try (FileChannel open =
            FileChannel.open(temporary, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        FileLock lock = open.tryLock()) {
      return lock != null;
    } catch (IOException | OverlappingFileLockException e) {
      return false;
    }
  }

  private static void sync(Path path) throws IOException {
    try (FileChannel open = FileChannel.open(path, StandardOpenOption.READ)) {
      open.force(true);
    }
  }

  private static Path temporaryFor(Path target) {
    byte[] nonce = new byte[8];
    RANDOM.nextBytes(nonce);
    return folderOf(target).resolve(PREFIX + HexFormat.of().formatHex(nonce));
  }

  private static Path folderOf(Path target) {
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IllegalArgumentException(target + " has no folder");
    }
    return folder;
  }

  private static String nameOf(Path temporary) {
    return String.valueOf(temporary.getFileName());
  }
}
