package org.qrepo.store.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.qrepo.io.AtomicFile;
import org.qrepo.publish.LockedException;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreLock;

/**
 * The exclusive lock on a directory tree: a gate for the threads of this process and a {@link
 * FileLock} for other processes, which the kernel releases when its holder dies. {@code
 * .qrepo.lock/lock} is what is locked; it is opened by nobody but the one who has passed the gate,
 * because closing any open file drops this process's locks on it. {@code .qrepo.lock/holder} says
 * who holds it.
 */
final class LocalLock implements StoreLock {
  private static final Map<Object, Semaphore> GATES = new ConcurrentHashMap<>();
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path folder;
  private final Semaphore gate;
  private final String nonce;
  private final List<ForeignLock> foreign = new ArrayList<>();
  private @Nullable FileChannel channel;
  private String text = "";
  private boolean closed;

  private LocalLock(Path folder, Semaphore gate) {
    this.folder = folder;
    this.gate = gate;
    byte[] bytes = new byte[8];
    RANDOM.nextBytes(bytes);
    this.nonce = HexFormat.of().formatHex(bytes);
  }

  /**
   * @param foreign the lock files of other tools to take as well
   */
  static LocalLock acquire(Tree tree, List<Path> foreign, Patience patience) throws IOException {
    while (true) {
      Path folder = tree.makeLockFolder();
      Object identity = identity(folder);
      Semaphore gate = GATES.computeIfAbsent(identity, k -> new Semaphore(1));
      if (!patience.acquire(gate)) {
        throw locked(folder);
      }
      LocalLock lock = new LocalLock(folder, gate);
      try {
        lock.enter(patience);
        if (Files.isDirectory(folder) && identity(folder).equals(identity)) {
          lock.announce(foreign, patience);
          return lock;
        }
        lock.close();
      } catch (IOException | RuntimeException e) {
        lock.abandon(e);
        throw e;
      }
    }
  }

  /** When the lock was taken, by the clock of the file system. */
  FileTime since() throws IOException {
    return Files.getLastModifiedTime(holder());
  }

  @Override
  public synchronized void confirm() throws StoreException {
    try {
      if (closed || !text.equals(holderText())) {
        throw lost("the lock in " + folder + " is no longer this publisher's");
      }
      for (ForeignLock file : foreign) {
        if (!file.isHeld()) {
          throw lost(file.file() + " was removed or replaced while this publisher held it");
        }
      }
    } catch (IOException e) {
      throw Failures.of("confirm the lock", folder, e);
    }
  }

  @Override
  public synchronized void close() throws StoreException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      for (ForeignLock file : foreign) {
        file.release();
      }
      if (!text.isEmpty() && text.equals(holderText())) {
        Files.deleteIfExists(holder());
      }
    } catch (IOException e) {
      throw Failures.of("give up the lock", folder, e);
    } finally {
      leave();
    }
  }

  private void enter(Patience patience) throws IOException {
    FileChannel open = openLockFile();
    channel = open;
    while (open.tryLock() == null) {
      if (!patience.waitALittle()) {
        throw locked(folder);
      }
    }
  }

  private FileChannel openLockFile() throws IOException {
    Path file = folder.resolve("lock");
    boolean isNew = !Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    FileChannel open =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    if (isNew) {
      Files.setPosixFilePermissions(file, Tree.sharedFile(folder));
    }
    return open;
  }

  private void announce(List<Path> files, Patience patience) throws IOException {
    text =
        String.format(
            "owner %s%nprocess %d%nsince %s%n",
            nonce, ProcessHandle.current().pid(), Instant.now().truncatedTo(ChronoUnit.SECONDS));
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    AtomicFile.write(holder(), bytes, Tree.sharedFile(folder));
    for (Path file : files) {
      foreign.add(ForeignLock.take(file, nonce, patience));
    }
  }

  private void abandon(Exception reason) {
    try {
      close();
    } catch (StoreException e) {
      reason.addSuppressed(e);
    }
  }

  private void leave() throws StoreException {
    FileChannel open = channel;
    channel = null;
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      throw Failures.of("give up the lock", folder, e);
    } finally {
      gate.release();
    }
  }

  private Path holder() {
    return folder.resolve("holder");
  }

  private String holderText() throws IOException {
    return readHolder(folder);
  }

  private static String readHolder(Path folder) throws IOException {
    Path holder = folder.resolve("holder");
    if (!Files.isRegularFile(holder, LinkOption.NOFOLLOW_LINKS)) {
      return "";
    }
    try (var in = Files.newInputStream(holder)) {
      return new String(in.readNBytes(4096), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  private static Object identity(Path folder) throws IOException {
    Object key = Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
    return key == null ? folder : key;
  }

  private static LockedException locked(Path folder) throws IOException {
    List<String> holder =
        readHolder(folder).lines().filter(line -> !line.startsWith("owner ")).toList();
    String who = holder.isEmpty() ? "" : " (" + String.join(", ", holder) + ")";
    return new LockedException(
        String.format(
            "%s is locked by another qrepo%s; try again when it is done:"
                + " a lock of this kind ends with its process",
            folder.getParent(), who));
  }

  private static StoreException lost(String message) {
    return new StoreException(Kind.CONFLICT, message + "; nothing more is written, run it again");
  }
}
