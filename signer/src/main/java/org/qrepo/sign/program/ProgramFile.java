package org.qrepo.sign.program;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds a program the way a shell does, but never in the directory one happens to be in. */
public final class ProgramFile {
  /** Where programs are if the variable PATH does not say it. */
  public static final String USUAL_PATH = "/usr/local/bin:/usr/bin:/bin";

  private ProgramFile() {}

  /**
   * The file of a program.
   *
   * @param word a name to look for, or an absolute path
   * @param path the directories to look in, parted by colons, as in the variable PATH; the usual
   *     ones if it is empty
   */
  public static Optional<Path> find(String word, String path) {
    return first(
        word.contains("/") ? Stream.of(word) : folders(path).map(folder -> folder + "/" + word));
  }

  /** The directories that a PATH names; what it says relative to anywhere is passed over. */
  public static Stream<String> folders(String path) {
    return Arrays.stream((path.isEmpty() ? USUAL_PATH : path).split(":"))
        .filter(folder -> folder.startsWith("/"));
  }

  /** The first of these files that is a program. */
  public static Optional<Path> first(Stream<String> files) {
    return files
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
