package org.qrepo.cli.program;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * To which session a process belongs. Daemons begin one of their own, what was only forgotten in
 * the background does not. Source: proc(5), {@code /proc/PID/stat}, field 6, counted after the name
 * in brackets, which may hold anything.
 */
final class Sessions {
  private static final int AFTER_NAME = 3;

  private Sessions() {}

  /** Empty if the process has ended, or nobody can tell. */
  static OptionalLong of(ProcessHandle process) {
    try {
      byte[] bytes = Files.readAllBytes(Path.of("/proc", Long.toString(process.pid()), "stat"));
      String stat = new String(bytes, StandardCharsets.ISO_8859_1);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
      return OptionalLong.of(Long.parseLong(fields[AFTER_NAME]));
    } catch (IOException | RuntimeException e) {
      return OptionalLong.empty();
    }
  }

  /** Whether two processes are known to be of one session. */
  static boolean isShared(ProcessHandle one, ProcessHandle other) {
    OptionalLong session = of(one);
    return session.isPresent() && session.equals(of(other));
  }
}
