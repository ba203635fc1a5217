package org.qrepo.publish;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qrepo.io.AtomicFile;
import org.qrepo.io.Digests;

/** Remembers the highest generations in a directory: a small file each, {@code SEQ GENERATION}. */
public final class SeenDirectory implements SeenGenerations {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,18}) ([0-9a-f]{16})\\s*");
  private static final int MAX_LENGTH = 100;
  private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rw-------");

  /** The file lock keeps other processes out, this one other threads. */
  private static final Object RECORDING = new Object();

  private final Path directory;

  public SeenDirectory(Path directory) {
    this.directory = directory;
  }

  @Override
  public Optional<Seen> highest(RepositoryName repository, String location) throws IOException {
    Path file = file(repository, location);
    try (InputStream in = Files.newInputStream(file)) {
      Matcher line =
          FORM.matcher(new String(in.readNBytes(MAX_LENGTH), StandardCharsets.ISO_8859_1));
      if (!line.matches()) {
        throw new IOException(
            file
                + " is damaged: it should hold a sequence number and a generation. "
                + "Remove it if you are sure that the published repository is the newest.");
      }
      return Optional.of(new Seen(Long.parseLong(line.group(1)), new GenerationId(line.group(2))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public void record(RepositoryName repository, String location, Seen seen) throws IOException {
    alone(
        () -> {
          Optional<Seen> highest = highest(repository, location);
          if (highest.isEmpty() || highest.get().sequence() < seen.sequence()) {
            byte[] line =
                (seen.sequence() + " " + seen.generation() + "\n")
                    .getBytes(StandardCharsets.US_ASCII);
            AtomicFile.write(file(repository, location), line, OWN);
          }
        });
  }

  @Override
  public void forget(RepositoryName repository, String location) throws IOException {
    alone(() -> Files.deleteIfExists(file(repository, location)));
  }

  /** A change of what is remembered. */
  @FunctionalInterface
  private interface Update {
    void run() throws IOException;
  }

  private void alone(Update update) throws IOException {
    synchronized (RECORDING) {
      try (FileChannel channel = lockFile()) {
        channel.lock();
        update.run();
      } catch (FileSystemException e) {
        throw unwritable(e);
      }
    }
  }

  private FileChannel lockFile() throws IOException {
    Files.createDirectories(directory);
    return FileChannel.open(
        directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private static FileSystemException unwritable(FileSystemException e) {
    String detail = e.getReason() == null ? "" : " (" + e.getReason() + ")";
    FileSystemException told =
        new FileSystemException(
            e.getFile(),
            null,
            "cannot be written"
                + detail
                + ", and what is published is remembered there; XDG_STATE_HOME names another place");
    told.initCause(e);
    return told;
  }

  private Path file(RepositoryName repository, String location) {
    byte[] target = (repository + "\n" + location).getBytes(StandardCharsets.UTF_8);
    String digest = Digests.of(target, Set.of()).sha256().hex().substring(0, 16);
    return directory.resolve(repository + "-" + digest);
  }
}
