package org.qrepo.cli.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.sign.git.ObjectId;

/**
 * The branches and tags of a repository, read from git's files without git: a file for each below
 * {@code refs}, or a line {@code ID SP NAME} in {@code packed-refs}, where the file counts first.
 *
 * @param head what is checked out; empty before the first commit
 * @param branch its branch, {@code refs/heads/…}; empty if a commit alone is
 * @param tags by name, without {@code refs/tags/}
 */
record GitRefs(Optional<ObjectId> head, Optional<String> branch, Map<String, ObjectId> tags) {
  private static final int MOST_OF_REF = 4096;
  private static final int MOST_PACKED = 32 << 20;
  private static final int MOST_TAGS = 100_000;
  private static final String SYMBOLIC = "ref: ";
  private static final String TAGS = "refs/tags/";

  GitRefs {
    tags = Map.copyOf(tags);
  }

  static GitRefs read(Path gitDir, Path commonDir) throws IOException {
    if (Files.exists(commonDir.resolve("reftable"))) {
      throw new RefusedException(
          Finding.of(
              "source-refs-unreadable",
              gitDir.toString(),
              "branches and tags are kept in a table that is not read here",
              "Convert them: git refs migrate --ref-format=files"));
    }
    Map<String, ObjectId> packed = packed(commonDir);
    String first = SmallFile.read(gitDir.resolve("HEAD"), MOST_OF_REF).orElse("").strip();
    Optional<String> branch =
        first.startsWith(SYMBOLIC)
            ? Optional.of(utf8(first.substring(SYMBOLIC.length()).strip()))
            : Optional.empty();
    if (branch.isPresent() && !isName(branch.get())) {
      throw SourceFindings.notGit(gitDir.toString(), "HEAD leads to no branch");
    }
    Optional<ObjectId> head =
        branch.isPresent() ? one(commonDir, branch.get(), packed) : ObjectId.parse(first);
    return new GitRefs(head, branch, tags(commonDir, packed));
  }

  /** One ref by its full name. */
  static Optional<ObjectId> one(Path commonDir, String name) throws IOException {
    return one(commonDir, name, packed(commonDir));
  }

  private static Optional<ObjectId> one(Path commonDir, String name, Map<String, ObjectId> packed)
      throws IOException {
    return SmallFile.read(commonDir.resolve(name), MOST_OF_REF)
        .flatMap(text -> ObjectId.parse(text.strip()))
        .or(() -> Optional.ofNullable(packed.get(name)));
  }

  /** A name that is one for git and leads nowhere else as a path. */
  private static boolean isName(String name) {
    return name.startsWith("refs/")
        && !name.contains("..")
        && !name.contains("//")
        && !name.endsWith("/")
        && name.codePoints().noneMatch(c -> c < 0x20 || c == 0x7f);
  }

  private static Map<String, ObjectId> packed(Path commonDir) throws IOException {
    Map<String, ObjectId> packed = new TreeMap<>();
    SmallFile.read(commonDir.resolve("packed-refs"), MOST_PACKED)
        .orElse("")
        .lines()
        .forEach(
            line -> {
              int blank = line.indexOf(' ');
              if (blank > 0 && isName(utf8(line.substring(blank + 1)))) {
                ObjectId.parse(line.substring(0, blank))
                    .ifPresent(id -> packed.put(utf8(line.substring(blank + 1)), id));
              }
            });
    return packed;
  }

  private static Map<String, ObjectId> tags(Path commonDir, Map<String, ObjectId> packed)
      throws IOException {
    Map<String, ObjectId> tags = new TreeMap<>();
    packed.forEach(
        (name, id) -> {
          if (name.startsWith(TAGS)) {
            tags.put(name.substring(TAGS.length()), id);
          }
        });
    Path folder = commonDir.resolve(TAGS);
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(Files::isRegularFile).limit(MOST_TAGS).toList()) {
          Optional<ObjectId> id =
              SmallFile.read(file, MOST_OF_REF).flatMap(text -> ObjectId.parse(text.strip()));
          id.ifPresent(i -> tags.put(folder.relativize(file).toString(), i));
        }
      }
    }
    return tags;
  }

  private static String utf8(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** The branch as people say it. */
  Optional<String> branchName() {
    return branch.map(b -> b.replaceFirst("^refs/heads/", ""));
  }

  /** As lines of {@code packed-refs}. */
  static List<String> packedLines(Map<String, ObjectId> tags) {
    return tags.entrySet().stream()
        .map(e -> e.getValue() + " " + TAGS + e.getKey())
        .sorted()
        .toList();
  }
}
