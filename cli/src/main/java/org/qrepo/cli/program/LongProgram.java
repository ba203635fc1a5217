package org.qrepo.cli.program;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What to run.
 *
 * @param words the program and its arguments
 * @param directory where it starts
 * @param environment all that it sees of it, but for the mark
 * @param mark by which everything that it starts is known, in the environment variable {@value
 *     #VARIABLE}: letters, digits and {@code -}
 */
public record LongProgram(
    List<String> words, Path directory, Map<String, String> environment, String mark) {
  static final String VARIABLE = "BUILD_RUN_MARK";

  private static final Pattern MARK = Pattern.compile("[0-9A-Za-z-]{8,100}");

  public LongProgram {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
    if (!MARK.matcher(mark).matches()) {
      throw new IllegalArgumentException("no mark: " + mark);
    }
  }
}
