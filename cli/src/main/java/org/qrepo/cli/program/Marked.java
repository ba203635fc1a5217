package org.qrepo.cli.program;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds processes by a mark in their environment, which they have from whoever started them: also
 * those whose parents are gone. Source: proc(5), {@code /proc/PID/environ}. Processes of other
 * users cannot be looked at and are not found.
 */
public final class Marked {
  private static final Path PROCESSES = Path.of("/proc");
  private static final int MOST_ENVIRONMENT = 1 << 20;

  private Marked() {}

  /**
   * Living processes.
   *
   * @param mark how their mark begins
   */
  public static List<ProcessHandle> processes(String mark) {
    byte[] wanted = ("\0" + LongProgram.VARIABLE + "=" + mark).getBytes(StandardCharsets.UTF_8);
    List<ProcessHandle> found = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
      for (Path process : all) {
        long pid = Long.parseLong(process.getFileName().toString());
        ProcessHandle.of(pid).filter(p -> has(process, wanted)).ifPresent(found::add);
      }
    } catch (IOException | NumberFormatException e) {
      return List.copyOf(found);
    }
    return List.copyOf(found);
  }

  private static boolean has(Path process, byte[] wanted) {
    try (InputStream in = Files.newInputStream(process.resolve("environ"))) {
      byte[] environment = in.readNBytes(MOST_ENVIRONMENT);
      return contains(environment, wanted);
    } catch (IOException e) {
      return false;
    }
  }

  /** As if a NUL stood before the first variable too. */
  private static boolean contains(byte[] environment, byte[] wanted) {
    for (int at = -1; at + wanted.length <= environment.length; at++) {
      if (isAt(environment, at, wanted)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAt(byte[] environment, int at, byte[] wanted) {
    for (int i = at < 0 ? 1 : 0; i < wanted.length; i++) {
      if (environment[at + i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }
}
