package org.qrepo.cli;

import java.io.Console;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The terminal of this process. Java cannot tell whether standard error is one; the launcher can,
 * and says it in the system property {@value #STREAMS}: the numbers of the streams that are.
 */
final class ProcessTerminal implements Terminal {
  static final String STREAMS = "qrepo.terminal";

  private static final Path DEVICE = Path.of("/dev/tty");
  private static final int MAX_SECRET = 4096;

  private final Map<String, String> environment;
  private final boolean output;
  private final boolean errors;

  ProcessTerminal(Map<String, String> environment) {
    this.environment = environment;
    String streams = System.getProperty(STREAMS);
    this.output = streams == null ? console().isPresent() : streams.contains("1");
    this.errors = streams == null ? console().isPresent() : streams.contains("2");
  }

  @Override
  public boolean showsOutput() {
    return output;
  }

  @Override
  public boolean showsErrors() {
    return errors && !"dumb".equals(environment.get("TERM"));
  }

  @Override
  public int columns() {
    if (!showsErrors()) {
      return 0;
    }
    String columns = environment.getOrDefault("COLUMNS", "");
    return columns.matches("[1-9][0-9]{1,3}") ? Integer.parseInt(columns) : 80;
  }

  /** Java 22 and newer make a console of anything; the launcher asks for the old behaviour. */
  @SuppressWarnings("SystemConsoleNull")
  private static Optional<Console> console() {
    return Optional.ofNullable(System.console());
  }

  @Override
  public Optional<char[]> readSecret(String prompt) {
    Optional<Console> console = console();
    if (console.isPresent()) {
      return Optional.ofNullable(console.get().readPassword("%s", prompt));
    }
    return Files.isReadable(DEVICE) ? readFromDevice(prompt) : Optional.empty();
  }

  @Override
  public boolean confirms(String question) {
    String answer =
        console().map(c -> c.readLine("%s [y/N] ", question)).map(String::strip).orElse("");
    return answer.equalsIgnoreCase("y") || answer.equalsIgnoreCase("yes");
  }

  /** For when standard input or output is a pipe, and the user sits there all the same. */
  private static Optional<char[]> readFromDevice(String prompt) {
    try (InputStream in = new FileInputStream(DEVICE.toFile());
        OutputStream out = new FileOutputStream(DEVICE.toFile())) {
      out.write(prompt.getBytes(StandardCharsets.UTF_8));
      Thread restore = new Thread(() -> echo("echo"));
      Runtime.getRuntime().addShutdownHook(restore);
      try {
        if (!echo("-echo")) {
          return Optional.empty();
        }
        return readLine(in);
      } finally {
        echo("echo");
        Runtime.getRuntime().removeShutdownHook(restore);
        out.write('\n');
      }
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean echo(String mode) {
    try {
      return new ProcessBuilder(List.of("stty", mode))
              .redirectInput(DEVICE.toFile())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Optional<char[]> readLine(InputStream in) throws IOException {
    byte[] bytes = new byte[MAX_SECRET];
    int length = 0;
    try {
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0 || length == MAX_SECRET) {
          return Optional.empty();
        }
        bytes[length++] = (byte) b;
      }
      CharBuffer chars = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes, 0, length));
      char[] secret = new char[chars.remaining()];
      chars.get(secret);
      return Optional.of(secret);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
