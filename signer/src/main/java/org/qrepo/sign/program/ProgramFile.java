package org.qrepo.sign.program;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds a program the way a shell does, but never in the directory one happens to be in. */
public final class ProgramFile {
  private static final String USUAL = "/usr/local/bin:/usr/bin:/bin";

  private ProgramFile() {}

  /**
   * The file of a program.
   *
   * @param word a name to look for, or an absolute path
   * @param path the directories to look in, parted by colons, as in the variable PATH; the usual
   *     ones if it is empty
   */
  public static Optional<Path> find(String word, String path) {
    Stream<String> places =
        word.contains("/")
            ? Stream.of("")
            : Arrays.stream((path.isEmpty() ? USUAL : path).split(":")).map(p -> p + "/");
    return places
        .map(place -> place + word)
        .filter(file -> file.startsWith("/"))
        .flatMap(file -> path(file).stream())
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  private static Optional<Path> path(String text) {
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
