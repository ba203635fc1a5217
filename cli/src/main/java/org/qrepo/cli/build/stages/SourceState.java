package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.qrepo.io.Sha256;

/**
 * What a component was built from: a commit with the changes to it, or where git does not tell, all
 * files there are.
 *
 * @param word {@code commit-HEX-HEX} or {@code tree-HEX} or {@code none}
 */
record SourceState(String word) {
  private static final Pattern WORD =
      Pattern.compile("none|commit-[0-9a-f]{40,64}-[0-9a-f]{64}|tree-[0-9a-f]{64}");

  /** There are no sources. */
  static final SourceState NONE = new SourceState("none");

  /**
   * @throws IllegalArgumentException if it is no such word
   */
  SourceState {
    if (!WORD.matcher(word).matches()) {
      throw new IllegalArgumentException("not a state of sources: " + word);
    }
  }

  static SourceState of(Path directory, Git git) throws IOException, InterruptedException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return NONE;
    }
    if (Files.exists(directory.resolve(".git"), LinkOption.NOFOLLOW_LINKS)) {
      Optional<String> commit = git.commit(directory);
      Optional<Sha256> changes = commit.isEmpty() ? Optional.empty() : git.changes(directory);
      if (changes.isPresent()) {
        return new SourceState("commit-" + commit.orElseThrow() + "-" + changes.get());
      }
    }
    return new SourceState("tree-" + TreeDigest.of(directory));
  }
}
