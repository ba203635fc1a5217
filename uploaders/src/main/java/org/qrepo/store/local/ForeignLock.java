package org.qrepo.store.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.qrepo.io.AtomicFile;
import org.qrepo.publish.LockedException;

/**
 * The lock file that repo-add and repo-remove honour beside a database: whoever creates it holds
 * the lock, its text is the holder's process id. Ours has a second line, by which another publisher
 * that holds the store's own lock knows that a publisher left it who is dead.
 */
final class ForeignLock {
  private static final String MARK = "qrepo ";
  private static final int LONGEST = 4096;

  private final Path file;
  private final String text;

  private ForeignLock(Path file, String text) {
    this.file = file;
    this.text = text;
  }

  /**
   * Takes it, waiting while another tool holds it. Only called by the holder of the store's lock.
   */
  static ForeignLock take(Path file, String nonce, Patience patience) throws IOException {
    String text = ProcessHandle.current().pid() + "\n" + MARK + nonce + "\n";
    while (!create(file, text)) {
      Optional<List<String>> lines = read(file);
      if (lines.isPresent() && isLeftByUs(lines.get())) {
        Files.deleteIfExists(file);
      } else if (lines.isPresent() && !patience.waitALittle()) {
        throw new LockedException(explain(file, lines.get()));
      }
    }
    return new ForeignLock(file, text);
  }

  boolean isHeld() throws IOException {
    return read(file).map(lines -> String.join("\n", lines).equals(text.strip())).orElse(false);
  }

  void release() throws IOException {
    if (isHeld()) {
      Files.deleteIfExists(file);
    }
  }

  Path file() {
    return file;
  }

  private static boolean create(Path file, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    try (AtomicFile lock = AtomicFile.beside(file, PosixFilePermissions.fromString("rw-r--r--"))) {
      lock.write(bytes, 0, bytes.length);
      return lock.createNew();
    }
  }

  /** Empty if it is gone. */
  private static Optional<List<String>> read(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
          ? Optional.of(List.of())
          : Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(
          new String(in.readNBytes(LONGEST), StandardCharsets.ISO_8859_1).lines().toList());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static boolean isLeftByUs(List<String> lines) {
    return lines.size() > 1 && lines.get(1).startsWith(MARK);
  }

  private static String explain(Path file, List<String> lines) {
    Optional<Long> pid = lines.stream().findFirst().flatMap(ForeignLock::number);
    if (pid.isEmpty()) {
      return file + " exists and does not say who holds it; remove it if no repo-add is at work";
    }
    if (ProcessHandle.of(pid.get()).isPresent()) {
      return String.format(
          "%s is held by process %d, which runs on this machine: repo-add is at work;"
              + " try again when it is done",
          file, pid.get());
    }
    return String.format(
        "%s was left by process %d, which does not run on this machine;"
            + " if no other machine is at work here either, remove that file",
        file, pid.get());
  }

  private static Optional<Long> number(String text) {
    String digits = text.strip();
    return digits.matches("[0-9]{1,18}") ? Optional.of(Long.valueOf(digits)) : Optional.empty();
  }
}
