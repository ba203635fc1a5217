package org.qrepo.cli;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.qrepo.store.Stores;

/**
 * What one command line did, run in this process.
 *
 * @param code the exit status
 */
public record Run(int code, String out, String err) {
  /** Runs a command line with nothing but what is given here. */
  public static Run of(Path cwd, Map<String, String> environment, List<String> args) {
    return of(cwd, environment, Terminal.NONE, args);
  }

  public static Run of(
      Path cwd, Map<String, String> environment, Terminal terminal, List<String> args) {
    return of(cwd, environment, terminal, Stores.standard(), args);
  }

  /** Runs a command line on other stores than those that the program has. */
  public static Run of(
      Path cwd,
      Map<String, String> environment,
      Terminal terminal,
      Stores stores,
      List<String> args) {
    return of(cwd, environment, terminal, stores, InputStream.nullInputStream(), args);
  }

  /** Runs a command line that reads standard input. */
  public static Run of(
      Path cwd, Map<String, String> environment, InputStream in, List<String> args) {
    return of(cwd, environment, Terminal.NONE, Stores.standard(), in, args);
  }

  private static Run of(
      Path cwd,
      Map<String, String> environment,
      Terminal terminal,
      Stores stores,
      InputStream in,
      List<String> args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Surroundings surroundings =
        new Surroundings(
            cwd,
            environment,
            in,
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            terminal,
            stores);
    int code = Main.run(args, surroundings);
    return new Run(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  public static Run of(Path cwd, String... args) {
    return of(cwd, Map.of("HOME", cwd.toString()), List.of(args));
  }
}
