package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.sign.SignedFiles;

/**
 * The files to verify: those that the user named, and those that lie in the directories that the
 * user named.
 *
 * @param files each once, in the order given, those of a directory by name
 * @param rpms RPM packages, likewise
 * @param orphans signatures in the directories whose files are not there
 * @param several whether more than one file was asked for
 */
record VerifyArguments(List<Path> files, List<Path> rpms, List<Path> orphans, boolean several) {

  /**
   * Whether the words mean a repository as clients see it: none, or one that is not a file or a
   * directory of files.
   */
  static boolean meanRepository(Session session, List<String> words) throws IOException {
    if (words.size() != 1) {
      return words.isEmpty();
    }
    String word = words.get(0);
    Path path = session.path(word);
    if (!Files.isDirectory(path)) {
      return !Files.exists(path);
    }
    return holdsGenerations(path) || session.config().targets().containsKey(word);
  }

  private static boolean holdsGenerations(Path directory) {
    return Files.isDirectory(directory.resolve("generations"));
  }

  /**
   * Finds the files.
   *
   * @throws UsageException if one is not there, or is something that this version does not handle
   */
  static VerifyArguments of(Session session, List<String> words) throws IOException {
    Set<Path> files = new LinkedHashSet<>();
    Set<Path> rpms = new LinkedHashSet<>();
    List<Path> orphans = new ArrayList<>();
    List<String> named = new ArrayList<>();
    for (String word : words) {
      Path path = session.path(word);
      if (Files.isDirectory(path)) {
        SignedFiles found = SignedFiles.in(path);
        List<Path> templates = rpmsIn(path);
        if (found.files().isEmpty() && found.orphans().isEmpty() && templates.isEmpty()) {
          throw new UsageException(
              path + " holds no packages and no databases",
              "Files are looked for that end in .pkg.tar.zst, .pkg.tar.xz, …, .db, .files or .rpm.");
        }
        files.addAll(found.files());
        rpms.addAll(templates);
        orphans.addAll(found.orphans());
      } else {
        named.add(word);
      }
    }
    PackageArguments.Given given = PackageArguments.files(session, named);
    files.addAll(given.packages());
    rpms.addAll(given.rpms());
    boolean several = words.size() > 1 || named.isEmpty();
    return new VerifyArguments(
        List.copyOf(files), List.copyOf(rpms), List.copyOf(orphans), several);
  }

  private static List<Path> rpmsIn(Path directory) throws IOException {
    try (Stream<Path> found = Files.list(directory)) {
      return found
          .filter(file -> file.toString().endsWith(".rpm") && Files.isRegularFile(file))
          .sorted()
          .toList();
    }
  }
}
