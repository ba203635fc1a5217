package org.qrepo.cli.program;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Follows a log that another program writes, from what it is now: what is there already is passed
 * over, a new file of that name is read from its begin. Where it cannot be read, nothing is said.
 */
public final class LogTail {
  private static final int MOST_AT_A_TIME = 4 << 20;

  private final Path file;
  private final LastLines lastLines = new LastLines();
  private final OutputLines lines;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 15);
  private Optional<Object> key;
  private long offset;
  private boolean grew;

  public LogTail(Path file, Consumer<String> each) {
    this.file = file;
    this.lines =
        new OutputLines(
            line -> {
              lastLines.add(line);
              each.accept(line);
            });
    Optional<BasicFileAttributes> now = attributes();
    this.key = now.flatMap(LogTail::key);
    this.offset = now.map(BasicFileAttributes::size).orElse(0L);
  }

  public Path file() {
    return file;
  }

  /** Whether anything was written to it since. */
  public boolean grew() {
    return grew;
  }

  /** The last lines of what was written since, oldest first. */
  public List<String> lastLines() {
    return lastLines.get();
  }

  /** Reads what is new, a piece of bounded size at a time. */
  public void follow() {
    Optional<BasicFileAttributes> now = attributes();
    if (now.isEmpty()) {
      return;
    }
    if (!key.equals(key(now.get())) || now.get().size() < offset) {
      key = key(now.get());
      offset = 0;
    }
    if (now.get().size() > offset) {
      grew = true;
      read();
    }
  }

  /** Reads what is left. */
  public void finish() {
    long before;
    do {
      before = offset;
      follow();
    } while (offset != before);
    lines.finish();
  }

  private void read() {
    Set<java.nio.file.OpenOption> options =
        Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    try (SeekableByteChannel in = Files.newByteChannel(file, options)) {
      in.position(offset);
      for (int taken = 0; taken < MOST_AT_A_TIME; ) {
        int n = in.read(buffer.clear());
        if (n <= 0) {
          return;
        }
        lines.add(buffer.array(), n);
        offset += n;
        taken += n;
      }
    } catch (IOException e) {
      return;
    }
  }

  private Optional<BasicFileAttributes> attributes() {
    try {
      return Optional.of(
              Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS))
          .filter(BasicFileAttributes::isRegularFile);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<Object> key(BasicFileAttributes attributes) {
    return Optional.ofNullable(attributes.fileKey());
  }
}
