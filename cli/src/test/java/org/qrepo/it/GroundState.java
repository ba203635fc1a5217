package org.qrepo.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.qrepo.io.Digests;

/** What a killed command has left in a {@link KillGround}. */
final class GroundState {
  private static final String UNFINISHED = "(.*/)?[.]qrepo-tmp-([0-9a-f]{16}|sftp|dav)(/.*)?";

  /** Web servers keep this folder, and nginx the empty ones that were moved there to go. */
  private static final String KEPT = "[.]qrepo-tmp-dav(/gone-[0-9a-f]{16})?";

  private static final String HELD = "[.]qrepo[.]lock/(sftp|dav)";
  private static final String LOCKS =
      "[.]qrepo[.]lock(/(lock|holder|stale-.*))?|" + HELD + "(/.*)?|t[.]db[.]tar[.]gz[.]lck";
  private static final String PART = "t[.](db|files)";
  private static final String NAMES =
      String.join(
          "|",
          "[a-z]+-[0-9]-1-any[.]pkg[.]tar[.]zst([.]sig)?",
          PART + "([.]tar[.]gz)?([.]sig)?",
          "current|generations|generations/prune[.](json|time)|[.]qrepo[.]probe",
          "generations/[0-9a-f]{16}(/(generation[.]json|" + PART + "([.]sig)?))?");

  private GroundState() {}

  /** All of it that could matter to who comes next; what is made up anew each time is left out. */
  static String of(Path ground) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String name : names(ground)) {
      if (name.matches("(tree|testing)/.*")) {
        String same = name.replaceAll("[.]qrepo-tmp-[0-9a-f].*", "unfinished");
        lines.add(same.replaceAll("(" + HELD + ")/.*", "$1/holder") + " " + content(ground, name));
      }
    }
    return lines.stream().sorted().collect(Collectors.joining("\n"));
  }

  private static String content(Path ground, String name) throws IOException {
    Path file = ground.resolve(name);
    if (Files.isSymbolicLink(file)) {
      return "-> " + Files.readSymbolicLink(file);
    }
    if (Files.isDirectory(file) || name.substring(name.indexOf('/') + 1).matches(LOCKS)) {
      return "";
    }
    return Digests.of(Files.readAllBytes(file), Set.of()).sha256().hex();
  }

  /** Names that are neither of a repository, nor hidden as unfinished, nor a lock. */
  static List<String> strangers(Path tree) throws IOException {
    return names(tree).stream()
        .filter(name -> !name.matches(UNFINISHED + "|" + LOCKS + "|" + NAMES))
        .toList();
  }

  /** Files that were not finished, and signs that a lock is held. */
  static List<String> unfinished(Path tree) throws IOException {
    return names(tree).stream()
        .filter(name -> name.matches(UNFINISHED + "|" + LOCKS))
        .filter(name -> !name.matches("[.]qrepo[.]lock(/lock)?|" + KEPT))
        .toList();
  }

  /** Whether a lock is there that time alone ends, for its holder is on another machine. */
  static boolean isHeld(Path tree) throws IOException {
    return names(tree).stream().anyMatch(name -> name.matches(HELD));
  }

  /** {@code name version} of all package files that are there, each with a signature. */
  static Set<String> packages(Path tree) throws IOException {
    Set<String> names = names(tree);
    return names.stream()
        .filter(name -> name.endsWith(".zst") && names.contains(name + ".sig"))
        .map(name -> name.replaceAll("^([a-z]+)-([0-9]-1)-any[.].*", "$1 $2"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  static Set<String> generations(Path tree) throws IOException {
    return names(tree).stream()
        .filter(name -> name.matches("generations/[^/.]+"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> names(Path root) throws IOException {
    Set<String> names = new TreeSet<>();
    if (Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
      try (Stream<Path> files = Files.walk(root)) {
        files.filter(f -> !f.equals(root)).forEach(f -> names.add(root.relativize(f).toString()));
      }
    }
    return names;
  }
}
