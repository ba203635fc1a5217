package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
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

  private final Map<String, String> environment;

  /**
   * @param environment that git sees
   */
  Git(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /** The commit that is checked out. */
  Optional<String> commit(Path directory) throws IOException, InterruptedException {
    Optional<String> answer =
        ask(
            directory,
            List.of("rev-parse", "--verify", "HEAD^{commit}"),
            in -> new String(in.readNBytes(MOST_ANSWER), StandardCharsets.UTF_8).strip());
    return answer.filter(text -> COMMIT.matcher(text).matches());
  }

  /** The digest of all that differs from that commit in files that git knows. */
  Optional<Sha256> changes(Path directory) throws IOException, InterruptedException {
    Optional<List<String>> settings = withoutFilters(directory);
    if (settings.isEmpty()) {
      return Optional.empty();
    }
    List<String> question = new ArrayList<>(settings.get());
    question.addAll(
        List.of("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--binary", "HEAD"));
    return ask(directory, question, in -> Digests.of(in, List.of()).sha256());
  }

  /** Settings under which no filter that is configured there runs; empty if there are none such. */
  private Optional<List<String>> withoutFilters(Path directory)
      throws IOException, InterruptedException {
    Optional<String> listing =
        ask(
            directory,
            List.of("config", "--name-only", "--list", "-z"),
            in -> new String(in.readNBytes(MOST_SETTINGS), StandardCharsets.UTF_8));
    if (listing.isEmpty() || listing.get().length() >= MOST_SETTINGS) {
      return Optional.empty();
    }
    List<String> settings = new ArrayList<>();
    for (String name : listing.get().split("\0", -1)) {
      if (name.startsWith("filter.") && name.contains("=")) {
        return Optional.empty();
      }
      if (FILTER.matcher(name).matches()) {
        settings.addAll(List.of("-c", name + "="));
      }
    }
    return Optional.of(settings);
  }

  @FunctionalInterface
  private interface Reader<T> {
    T read(InputStream in) throws IOException;
  }

  private <T> Optional<T> ask(Path directory, List<String> question, Reader<T> reader)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("git", "-C", directory.toString()));
    words.addAll(List.of("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"));
    words.addAll(question);
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    builder.environment().put("GIT_CEILING_DIRECTORIES", String.valueOf(directory.getParent()));
    builder.environment().put("GIT_OPTIONAL_LOCKS", "0");
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return Optional.empty();
    }
    try (InputStream out = process.getInputStream()) {
      T answer = reader.read(out);
      return process.waitFor() == 0 ? Optional.of(answer) : Optional.empty();
    } finally {
      process.destroyForcibly();
    }
  }
}
