package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.qrepo.cli.program.GitProgram;
import org.qrepo.cli.program.ProgramOutput;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;

/**
 * Asks git about a directory of sources. It runs nothing that the directory's own configuration
 * names, and looks for no repository above. Where git is missing or does not answer, for example
 * because another user owns the directory, there is no answer.
 */
final class Git {
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}(?:[0-9a-f]{24})?");
  private static final int MOST_ANSWER = 200;
  private static final int MOST_SETTINGS = 1 << 20;
  private static final Pattern FILTER =
      Pattern.compile("filter\\..*\\.(clean|process|required)", Pattern.DOTALL);

  /** Names the user whose directories are root's own for git, where root is that user by sudo. */
  private static final String SUDO_USER = "SUDO_UID";

  private final Optional<GitProgram> program;
  private final Optional<String> sudoUser;

  /**
   * @param environment of the user
   */
  Git(Map<String, String> environment) {
    this.program = GitProgram.installed(environment);
    this.sudoUser = Optional.ofNullable(environment.get(SUDO_USER));
  }

  /** The commit that is checked out. */
  Optional<String> commit(Path directory) throws InterruptedException {
    Optional<String> answer =
        ask(
            directory,
            List.of("rev-parse", "--verify", "HEAD^{commit}"),
            in -> new String(in.readNBytes(MOST_ANSWER), StandardCharsets.UTF_8).strip());
    return answer.filter(text -> COMMIT.matcher(text).matches());
  }

  /**
   * The digest of all that differs from that commit in files that git knows; no answer where there
   * are submodules, which have settings of their own.
   */
  Optional<Sha256> changes(Path directory) throws InterruptedException {
    Optional<List<String>> settings = withoutFilters(directory);
    if (settings.isEmpty() || hasSubmodules(directory)) {
      return Optional.empty();
    }
    List<String> question = new ArrayList<>(settings.get());
    question.addAll(List.of("diff", "--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty"));
    question.addAll(List.of("--no-color", "--binary", "HEAD"));
    return ask(directory, question, in -> Digests.of(in, List.of()).sha256());
  }

  private static boolean hasSubmodules(Path directory) {
    return Files.exists(directory.resolve(".gitmodules"), LinkOption.NOFOLLOW_LINKS);
  }

  /** Settings under which no filter that is configured there runs; empty if there are none such. */
  private Optional<List<String>> withoutFilters(Path directory) throws InterruptedException {
    Optional<byte[]> listing =
        ask(
            directory,
            List.of("config", "--name-only", "--list", "-z"),
            in -> in.readNBytes(MOST_SETTINGS));
    if (listing.isEmpty() || listing.get().length == MOST_SETTINGS) {
      return Optional.empty();
    }
    List<String> settings = new ArrayList<>();
    for (String name : new String(listing.get(), StandardCharsets.UTF_8).split("\0", -1)) {
      if (name.startsWith("filter.") && name.contains("=")) {
        return Optional.empty();
      }
      if (FILTER.matcher(name).matches()) {
        settings.addAll(List.of("-c", name + "="));
      }
    }
    return Optional.of(settings);
  }

  private <T> Optional<T> ask(Path directory, List<String> question, ProgramOutput.Reader<T> reader)
      throws InterruptedException {
    if (program.isEmpty()) {
      return Optional.empty();
    }
    Path place = directory.toAbsolutePath();
    Map<String, String> more = new HashMap<>();
    more.put("GIT_ALLOW_PROTOCOL", "none"); // nor is what a partial clone lacks fetched
    more.put("GIT_CEILING_DIRECTORIES", String.valueOf(place.getParent()));
    sudoUser.ifPresent(user -> more.put(SUDO_USER, user));
    List<String> words = new ArrayList<>(List.of("-C", place.toString()));
    words.addAll(question);
    try {
      return ProgramOutput.of(
          program
              .get()
              .process(more, words)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD),
          reader);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
