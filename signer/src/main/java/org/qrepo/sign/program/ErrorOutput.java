package org.qrepo.sign.program;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * The standard error of a program: its last lines for people, and its first ones for programs. Read
 * to its end by one thread while others look.
 */
final class ErrorOutput {
  private static final int LONGEST_LINE = 300;
  private static final int MOST_SAID = 12;
  private static final int MOST_STATUS = 200;

  private final Deque<String> said = new ArrayDeque<>();
  private final List<String> status = new ArrayList<>();
  private final Consumer<String> onStatus;

  /**
   * @param onStatus hears each line for programs as it comes, without its prefix
   */
  ErrorOutput(Consumer<String> onStatus) {
    this.onStatus = onStatus;
  }

  /** Reads to the end; of longer lines the rest is passed over. */
  void read(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    byte[] buffer = new byte[4096];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      for (int i = 0; i < n; i++) {
        if (buffer[i] == '\n') {
          line(line);
        } else if (line.size() < LONGEST_LINE) {
          line.write(buffer[i]);
        }
      }
    }
    line(line);
  }

  private void line(ByteArrayOutputStream bytes) {
    String line = bytes.toString(StandardCharsets.UTF_8).strip();
    bytes.reset();
    if (line.startsWith(StatusLines.PREFIX)) {
      String rest = line.substring(StatusLines.PREFIX.length());
      keepStatus(rest);
      onStatus.accept(rest);
    } else if (!line.isEmpty()) {
      keepSaid(line);
    }
  }

  private synchronized void keepStatus(String line) {
    if (status.size() < MOST_STATUS) {
      status.add(line);
    }
  }

  private synchronized void keepSaid(String line) {
    if (said.size() == MOST_SAID) {
      said.removeFirst();
    }
    said.addLast(line);
  }

  synchronized List<String> said() {
    return List.copyOf(said);
  }

  synchronized StatusLines status() {
    return new StatusLines(status);
  }
}
