package org.qrepo.cli.build.stages;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.Look;
import org.qrepo.cli.console.TextConsole;
import org.qrepo.cli.console.Verbosity;

/** A console whose text a test can read. */
final class Silence {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  Console console() {
    return new TextConsole(stream, stream, Look.PLAIN, Verbosity.VERBOSE, 0);
  }

  String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
