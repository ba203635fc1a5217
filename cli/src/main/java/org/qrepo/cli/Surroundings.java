package org.qrepo.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.qrepo.store.Stores;

/**
 * What the process was started with, as values: nothing else in qrepo asks the system for them.
 *
 * @param cwd absolute; relative paths are relative to it
 * @param environment the environment variables
 * @param in standard input
 * @param out standard output, UTF-8
 * @param err standard error, UTF-8
 * @param terminal where a user may be
 * @param stores the places that can be published to
 */
public record Surroundings(
    Path cwd,
    Map<String, String> environment,
    InputStream in,
    PrintStream out,
    PrintStream err,
    Terminal terminal,
    Stores stores) {
  public Surroundings {
    environment = Map.copyOf(environment);
  }

  /** Those of this process. */
  static Surroundings ofProcess() {
    Map<String, String> environment = System.getenv();
    return new Surroundings(
        Path.of("").toAbsolutePath(),
        environment,
        System.in,
        stream(FileDescriptor.out, "/proc/self/fd/1"),
        stream(FileDescriptor.err, "/proc/self/fd/2"),
        new ProcessTerminal(environment),
        Stores.standard());
  }

  private static PrintStream stream(FileDescriptor descriptor, String link) {
    OutputStream out = new UntilNobodyReads(new FileOutputStream(descriptor), Path.of(link));
    return new PrintStream(new BufferedOutputStream(out, 8192), false, StandardCharsets.UTF_8);
  }

  /** The same, in another directory. */
  Surroundings in(Path directory) {
    return new Surroundings(directory, environment, in, out, err, terminal, stores);
  }
}
