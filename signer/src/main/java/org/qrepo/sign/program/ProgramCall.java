package org.qrepo.sign.program;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.qrepo.io.HashAlgorithm;

/**
 * What to run and what to expect.
 *
 * @param words the program's file and its arguments
 * @param environment all that the program sees of it
 * @param input what goes to its standard input
 * @param digests computed of what it was given, besides SHA-256
 * @param most how many bytes it may answer
 * @param patience how long it may neither take nor give a byte before it is stopped
 */
record ProgramCall(
    List<String> words,
    Map<String, String> environment,
    Input input,
    Set<HashAlgorithm> digests,
    int most,
    Duration patience) {
  ProgramCall {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
    digests = Set.copyOf(digests);
  }

  /** Opens what a program reads. */
  @FunctionalInterface
  interface Input {
    Input NONE = InputStream::nullInputStream;

    InputStream open() throws IOException;
  }

  String program() {
    return words.get(0);
  }
}
