package org.qrepo.sign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The packages and databases that lie in one directory, and the signatures that lie there alone.
 *
 * @param files sorted by name
 * @param orphans signatures of packages and databases that are not there, sorted by name
 */
public record SignedFiles(List<Path> files, List<Path> orphans) {
  private static final String SUFFIX = ".sig";
  private static final String OLD = ".old";
  private static final Pattern PACKAGE = Pattern.compile("[^.].*\\.pkg\\.tar(\\.[A-Za-z0-9]+)?");
  private static final Pattern DATABASE =
      Pattern.compile("[^.].*\\.(db|files)(\\.tar(\\.[A-Za-z0-9]+)?)?");

  public SignedFiles {
    files = List.copyOf(files);
    orphans = List.copyOf(orphans);
  }

  /**
   * Looks into a directory, not into those below it. What repo-add keeps as {@code .old} is left
   * out.
   */
  public static SignedFiles in(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> found = Files.list(directory)) {
      all = found.filter(f -> !Files.isDirectory(f)).sorted().toList();
    }
    List<Path> files = all.stream().filter(f -> isSigned(name(f))).toList();
    List<Path> orphans =
        all.stream()
            .filter(f -> name(f).endsWith(SUFFIX))
            .filter(f -> isSigned(stripped(f)) && !Files.exists(f.resolveSibling(stripped(f))))
            .toList();
    return new SignedFiles(files, orphans);
  }

  /** Where the signature of a file lies. */
  public static Path signatureOf(Path file) {
    return file.resolveSibling(name(file) + SUFFIX);
  }

  private static boolean isSigned(String name) {
    boolean aside = name.endsWith(SUFFIX) || name.endsWith(OLD);
    return !aside && (PACKAGE.matcher(name).matches() || DATABASE.matcher(name).matches());
  }

  /** Whether a file of this name is a package, and not the signature of one. */
  static boolean isPackage(String name) {
    return !name.endsWith(SUFFIX) && PACKAGE.matcher(name).matches();
  }

  private static String stripped(Path signature) {
    String name = name(signature);
    return name.substring(0, name.length() - SUFFIX.length());
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
