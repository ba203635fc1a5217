package org.qrepo.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A program with its arguments, run to its end with an empty standard input and without the
 * settings that the person who runs the tests has for qrepo, gpg and Java. Both outputs go through
 * files, so that a talkative program never blocks.
 */
final class Command {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final List<String> words;
  private final Map<String, String> environment = new HashMap<>(Map.of("LC_ALL", "C.UTF-8"));
  private Optional<Path> folder = Optional.empty();

  private Command(List<String> words) {
    this.words = words;
  }

  static Command of(String program, String... arguments) {
    List<String> words = new ArrayList<>();
    words.add(Programs.find(program).map(Path::toString).orElse(program));
    words.addAll(List.of(arguments));
    return new Command(words);
  }

  Command with(List<String> arguments) {
    words.addAll(arguments);
    return this;
  }

  Command with(String... arguments) {
    return with(List.of(arguments));
  }

  /** As it runs on a terminal: a build in the background ignores SIGINT, and so would this. */
  Command heedingInterrupts() {
    words.addAll(0, List.of("env", "--default-signal=INT"));
    return this;
  }

  Command in(Path folder) {
    this.folder = Optional.of(folder);
    return this;
  }

  Command env(String name, Object value) {
    environment.put(name, value.toString());
    return this;
  }

  /** What is run, for those that run it in another way. */
  List<String> words() {
    return List.copyOf(words);
  }

  /**
   * Runs it.
   *
   * @throws AssertionError if it does not end in two minutes
   */
  Output run() {
    try {
      Path out = Files.createTempFile("qrepo-it", ".out");
      Path err = Files.createTempFile("qrepo-it", ".err");
      try {
        int code = run(out, err);
        return new Output(words, code, text(out), text(err));
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it and leaves it to the caller, its outputs in files. */
  Process start(Path out, Path err) {
    ProcessBuilder builder = new ProcessBuilder(words);
    folder.map(Path::toFile).ifPresent(builder::directory);
    builder.environment().keySet().removeIf(name -> name.matches("(QREPO_|XDG_|GNUPG|JAVA_).*"));
    builder.environment().putAll(environment);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int run(Path out, Path err) throws IOException {
    Process process = start(out, err);
    try {
      if (process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        return process.exitValue();
      }
      throw new AssertionError("does not end: " + words + "\n" + text(out) + text(err));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted: " + words, e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  /** What a program said and how it ended. */
  record Output(List<String> words, int code, String out, String err) {
    /** This output, if the program ended well. */
    Output expectSuccess() {
      return expectCode(0);
    }

    Output expectCode(int expected) {
      if (code != expected) {
        throw new AssertionError("exit code " + code + ", not " + expected + ": " + this);
      }
      return this;
    }

    List<String> lines() {
      return out.lines().toList();
    }

    @Override
    public String toString() {
      return String.join(" ", words) + "\n--- out ---\n" + out + "--- err ---\n" + err;
    }
  }
}
