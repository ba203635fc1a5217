package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.io.Digests;
import org.qrepo.io.TreeDeletion;
import org.qrepo.publish.LockedException;

/**
 * What qrepo keeps in a builder's directory, in {@value #NAME}: a lock that one build at a time
 * holds, the record of what was done, logs of the last {@value #MOST_RUNS} runs, and what overrides
 * replaced.
 */
final class StateDirectory implements AutoCloseable {
  static final String NAME = ".qrepo";

  /** Where sources are kept that overrides replaced. */
  static final String ASIDE = "aside";

  private static final String RECORD = "record";
  private static final int MOST_RUNS = 10;
  private static final int MOST_HOLDER = 200;
  private static final DateTimeFormatter RUN =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private final Path directory;
  private final FileChannel channel;
  private final FileLock lock;

  private StateDirectory(Path directory, FileChannel channel, FileLock lock) {
    this.directory = directory;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Where it is: in a directory that the builder's own git passes over, in the file system of the
   * sources, so that these can be moved to it.
   */
  static Path of(BuilderTree tree) {
    return (tree.kind() == BuilderKind.CLASSIC ? tree.sources() : tree.artifacts()).resolve(NAME);
  }

  /**
   * Takes the lock of a builder's directory.
   *
   * @param doing what for, for others who want it
   * @throws LockedException if another run holds it
   * @throws RefusedException if what should be a directory of the builder is a link or a file
   */
  static StateDirectory lock(BuilderTree tree, String doing) throws IOException {
    if (tree.kind() == BuilderKind.CLASSIC) {
      make(tree.sources());
    } else {
      Files.createDirectories(tree.artifacts());
    }
    Path directory = make(of(tree));
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"),
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS));
    try {
      FileLock lock = tryLock(channel);
      if (lock == null) {
        throw new LockedException(
            tree.directory()
                + " is in use: "
                + holder(channel)
                + "\nOne build at a time works in it.");
      }
      note(channel, doing);
      return new StateDirectory(directory, channel, lock);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static Path make(Path directory) throws IOException {
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        throw new RefusedException(
            Finding.of(
                "build-directory",
                directory.toString(),
                Files.isSymbolicLink(directory)
                    ? "is a link, not a directory"
                    : "is not a directory",
                "A link could lead out of the builder's directory. Make it a directory."));
      }
    }
    return directory;
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(MOST_HOLDER);
    channel.read(buffer, 0);
    String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8).strip();
    return text.isEmpty() ? "another qrepo has just begun" : text;
  }

  private static void note(FileChannel channel, String doing) throws IOException {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    String holder =
        "process " + ProcessHandle.current().pid() + " runs " + doing + " since " + now + "\n";
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
  }

  Path directory() {
    return directory;
  }

  BuildRecord record() throws IOException {
    return BuildRecord.read(directory.resolve(RECORD));
  }

  /** Where the record of a builder's directory is, if anything was recorded. */
  static Path recordOf(BuilderTree tree) {
    return of(tree).resolve(RECORD);
  }

  /** A directory of its own for what a part of the work keeps; made if need be. */
  Path folder(String name) throws IOException {
    return make(directory.resolve(name));
  }

  /** Where it would be. */
  Path place(String name) {
    return directory.resolve(name);
  }

  /** By which processes are known that were started for builds in this directory. */
  String mark() {
    byte[] path = directory.toString().getBytes(StandardCharsets.UTF_8);
    byte[] hash = HexFormat.of().parseHex(Digests.of(path, List.of()).sha256().hex());
    return "qrepo-" + HexFormat.of().formatHex(hash, 0, 8) + "-";
  }

  /** A new directory for the logs of a run; those of old runs are removed. */
  Path newLogs() throws IOException {
    Path logs = folder("logs");
    prune(logs);
    String name = RUN.format(Instant.now());
    for (int i = 2; ; i++) {
      try {
        return Files.createDirectory(logs.resolve(name));
      } catch (FileAlreadyExistsException e) {
        name = RUN.format(Instant.now()) + "-" + i;
      }
    }
  }

  private static void prune(Path logs) throws IOException {
    List<Path> runs = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(logs, "[0-9]*")) {
      all.forEach(runs::add);
    }
    runs.sort(Comparator.comparing(Path::toString));
    for (Path old : runs.subList(0, Math.max(0, runs.size() - MOST_RUNS + 1))) {
      TreeDeletion.delete(old);
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      channel.truncate(0);
      lock.release();
    }
  }
}
