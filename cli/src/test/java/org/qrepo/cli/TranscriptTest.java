package org.qrepo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.alpm.SamplePackage;

/**
 * Plays the transcripts of {@code src/test/resources/transcripts}. A transcript is a story in one
 * directory: {@code -- file NAME --} begins a file's text, ended by {@code --}; {@code mode 600
 * NAME}; {@code env NAME=VALUE}; {@code package NAME VERSION TEXT} makes one in {@code packages}
 * with a file of this text; {@code delete NAME}; {@code $ qrepo …} runs a command, and the lines
 * below it are what it says: {@code 1|} on standard output, {@code 2|} on standard error, {@code
 * exit N} at the end. {@code @DIR@} stands for the directory, {@code @FPR@} for a fingerprint,
 * {@code @TIME@} and {@code @DAY@} for times, {@code @GENERATION@} and {@code @SHA256@} for what
 * they are called, {@code @FIGURES@} for what was measured. With {@code -Dtranscripts.update=true}
 * the files are written anew, to be read and committed.
 */
class TranscriptTest {
  private static final Path TRANSCRIPTS = Path.of("src/test/resources/transcripts");
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

  @TempDir private Path temporary;

  @TestFactory
  Stream<DynamicTest> transcripts() throws IOException {
    try (Stream<Path> files = Files.list(TRANSCRIPTS)) {
      return files.sorted().toList().stream()
          .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> play(file)));
    }
  }

  private void play(Path file) throws IOException {
    Path directory = Files.createDirectory(temporary.resolve(file.getFileName())).toRealPath();
    List<String> expected = Files.readAllLines(file);
    List<String> actual = new Story(directory).play(expected);
    if (Boolean.getBoolean("transcripts.update")) {
      Files.write(file, actual);
    }
    assertThat(actual).containsExactlyElementsOf(expected);
  }

  /** One transcript in the playing. */
  private static final class Story {
    private final Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private final List<String> actual = new ArrayList<>();

    Story(Path directory) {
      this.directory = directory;
      environment.put("HOME", directory.resolve("home").toString());
    }

    List<String> play(List<String> lines) throws IOException {
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        if (line.startsWith("-- file ")) {
          int end = i + 1 + lines.subList(i + 1, lines.size()).indexOf("--");
          actual.addAll(lines.subList(i, end + 1));
          write(line.substring(8, line.length() - 3), lines.subList(i + 1, end));
          i = end;
        } else if (!line.startsWith("1|") && !line.startsWith("2|") && !line.startsWith("exit ")) {
          actual.add(line);
          act(line);
        }
      }
      return actual;
    }

    private void write(String name, List<String> text) throws IOException {
      Path file = directory.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(
          file, String.join("\n", text).replace("@DIR@", directory.toString()) + "\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private void act(String line) throws IOException {
      if (line.startsWith("env ")) {
        String[] parts = line.substring(4).split("=", 2);
        environment.put(parts[0], parts[1].replace("@DIR@", directory.toString()));
      } else if (line.startsWith("mode ")) {
        String[] parts = line.split(" ", 3);
        Files.setPosixFilePermissions(
            directory.resolve(parts[2]), PosixFilePermissions.fromString(parts[1]));
      } else if (line.startsWith("package ")) {
        String[] parts = line.split(" ", 4);
        SamplePackage.of(parts[1], parts[2])
            .file("usr/share/" + parts[1], parts[3])
            .writeTo(Files.createDirectories(directory.resolve("packages")));
      } else if (line.startsWith("delete ")) {
        Files.delete(directory.resolve(line.substring(7)));
      } else if (line.startsWith("$ qrepo")) {
        run(line.substring("$ qrepo".length()));
      } else {
        assertThat(line).as("a line that no transcript has").matches("#.*|");
      }
    }

    private void run(String words) {
      List<String> args = new ArrayList<>();
      Matcher matcher = WORD.matcher(words.replace("@DIR@", directory.toString()));
      while (matcher.find()) {
        args.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
      }
      Run run = Run.of(directory, environment, args);
      said("1|", run.out());
      said("2|", run.err());
      actual.add("exit " + run.code());
    }

    /** Without what differs from run to run: the directory, keys just made, times. */
    private String stable(String text) {
      return text.replace(directory.toString(), "@DIR@")
          .replaceAll("[0-9A-F]{40}|([0-9A-F]{4} ){9}[0-9A-F]{4}", "@FPR@")
          .replaceAll("20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-9:.]+Z", "@TIME@")
          .replaceAll("20[0-9]{2}-[01][0-9]-[0-3][0-9]", "@DAY@")
          .replaceAll("\\b[0-9a-f]{64}\\b", "@SHA256@")
          .replaceAll("\\b[0-9a-f]{16}\\b", "@GENERATION@")
          .replaceAll("(?m)^(==> Reading [0-9]+ packages?) .*$", "$1 @FIGURES@")
          .replaceAll("(?m)^(  -> [0-9]+ objects), .*$", "$1, @FIGURES@")
          .replaceAll("server gap [0-9.]+ m?s: plain", "server gap @FIGURES@: plain");
    }

    private void said(String stream, String text) {
      stable(text)
          .lines()
          .forEach(line -> actual.add(line.isEmpty() ? stream : stream + " " + line));
    }
  }
}
