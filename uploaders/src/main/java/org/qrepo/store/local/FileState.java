package org.qrepo.store.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;
import org.qrepo.publish.Tag;

/**
 * What the file system says about a regular file, links followed.
 *
 * <p>Inode, size, time of change of the bytes and of the inode tell its states apart, but not two
 * states of one tick of the kernel's clock, when an inode number may already be used again. So a
 * state is only handed out once it is {@linkplain #settled settled}: older than a tick, so that
 * every later change has a later time. Where times have no fraction the digest of the bytes is
 * added.
 */
record FileState(long inode, long size, FileTime modified, FileTime changed, Tag tag) {
  private static final Duration TICK = Duration.ofMillis(12);
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final int PATIENCE = 50;
  private static final String ATTRIBUTES =
      "unix:ino,size,lastModifiedTime,ctime,isRegularFile,isDirectory";

  /** Empty if there is nothing, or a folder. */
  static Optional<FileState> read(Path path) throws IOException {
    Map<String, Object> attributes;
    try {
      attributes = Files.readAttributes(path, ATTRIBUTES);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    if (get(attributes, "isDirectory", Boolean.class)) {
      return Optional.empty();
    }
    if (!get(attributes, "isRegularFile", Boolean.class)) {
      throw new NotAFileException(path);
    }
    return Optional.of(of(path, attributes));
  }

  /** As {@link #read}, but waits for the tick in which the file changed to pass. */
  static Optional<FileState> settled(Path path) throws IOException {
    Optional<FileState> state = read(path);
    for (int i = 0; i < PATIENCE && state.isPresent() && !state.get().isSettled(); i++) {
      if (!pause()) {
        return state;
      }
      state = read(path);
    }
    return state;
  }

  private static FileState of(Path path, Map<String, Object> attributes) throws IOException {
    long inode = get(attributes, "ino", Long.class);
    long size = get(attributes, "size", Long.class);
    FileTime modified = get(attributes, "lastModifiedTime", FileTime.class);
    FileTime changed = get(attributes, "ctime", FileTime.class);
    String tag = inode + "-" + size + "-" + nanos(modified) + "-" + nanos(changed);
    boolean coarse = nanos(changed) % NANOS_PER_SECOND == 0;
    return new FileState(
        inode, size, modified, changed, new Tag(coarse ? tag + "-" + digest(path) : tag));
  }

  private static <T> T get(Map<String, Object> attributes, String name, Class<T> type) {
    return type.cast(Objects.requireNonNull(attributes.get(name), name));
  }

  private boolean isSettled() {
    Duration age = Duration.between(changed.toInstant(), Instant.now());
    return age.isNegative() || age.compareTo(TICK) > 0;
  }

  private static boolean pause() {
    try {
      Thread.sleep(TICK.toMillis());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static long nanos(FileTime time) {
    return time.to(TimeUnit.NANOSECONDS);
  }

  static Sha256 digest(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      return Digests.of(in, Set.of()).sha256();
    }
  }
}
