package org.qrepo.cli.program;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Makes lines of any bytes, as a terminal would show them: what comes after a carriage return takes
 * the place of what was before, and orders to the terminal are left out. Of lines longer than
 * {@value #LONGEST} bytes the rest is passed over.
 */
final class OutputLines {
  static final int LONGEST = 4096;

  /** Control sequences, choices of character sets, window titles (ECMA-48, 5.4 and 5.6). */
  private static final Pattern ORDERS =
      Pattern.compile(
          "\033(?:\\[[0-?]*+[ -/]*+[@-~]|[()][0-9A-Za-z]|\\][^\007\033]*+(?:\007|\033\\\\)?)");

  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final Consumer<String> each;
  private boolean returned;

  OutputLines(Consumer<String> each) {
    this.each = each;
  }

  void add(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      add(bytes[i]);
    }
  }

  private void add(byte b) {
    if (b == '\n') {
      end();
    } else if (b == '\r') {
      returned = true;
    } else {
      if (returned) {
        line.reset();
        returned = false;
      }
      if (line.size() < LONGEST) {
        line.write(b);
      }
    }
  }

  /** No more bytes come; what has no line end is a line too. */
  void finish() {
    if (line.size() > 0) {
      end();
    }
  }

  private void end() {
    String text = ORDERS.matcher(line.toString(StandardCharsets.UTF_8)).replaceAll("");
    line.reset();
    returned = false;
    each.accept(text);
  }
}
