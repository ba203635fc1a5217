package org.qrepo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.database.DatabaseReader;
import org.qrepo.database.ReadLimits;
import org.qrepo.sign.NewKey;
import org.qrepo.sign.TestKeys;

/**
 * The directory of someone who publishes the repository {@code t}: a key, packages, trees, a home
 * of their own; commands run in this process.
 */
public final class Workplace {
  /** The name of the repository. */
  public static final String NAME = "t";

  private final Path directory;
  private final Map<String, String> environment = new HashMap<>();
  private final NewKey key;

  /** A workplace with a new key that has no passphrase. */
  public Workplace(Path directory) {
    this(directory, TestKeys.ed25519());
  }

  /**
   * @param directory empty
   */
  public Workplace(Path directory, NewKey key) {
    this.key = key;
    try {
      this.directory = directory.toRealPath();
      Files.createDirectory(this.directory.resolve("packages"));
      write("key.asc", key.secretKey());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    environment.put("HOME", path("home").toString());
  }

  public Path path(String name) {
    return directory.resolve(name);
  }

  public NewKey key() {
    return key;
  }

  /** Sets an environment variable. */
  public Workplace env(String name, String value) {
    environment.put(name, value);
    return this;
  }

  public Workplace without(String name) {
    environment.remove(name);
    return this;
  }

  /** Writes a file for its owner's eyes only. */
  public Path write(String name, byte[] bytes) {
    try {
      Path file = path(name);
      Files.createDirectories(file.getParent());
      Files.write(file, bytes);
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path write(String name, String text) {
    return write(name, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** Writes a {@code qrepo.yml} with the key, and what is given below {@code targets:}. */
  public Workplace configure(String... targets) {
    StringBuilder text = new StringBuilder("repository:\n  name: " + NAME + "\n");
    text.append("signing:\n  key-file: key.asc\ntargets:\n");
    for (String target : targets) {
      text.append("  ").append(target).append('\n');
    }
    write("qrepo.yml", text.toString());
    return this;
  }

  /** A package in {@code packages/}, named as makepkg names it. */
  public String sample(String name, String version) {
    return sample(name, version, "of " + name + " " + version);
  }

  public String sample(String name, String version, String content) {
    SamplePackage sample =
        SamplePackage.of(name, version).file("usr/share/" + name + "/text", content);
    sample.writeTo(path("packages"));
    return "packages/" + sample.fileName();
  }

  /** Runs a command line here. */
  public Run qrepo(String... words) {
    return Run.of(directory, environment, List.of(words));
  }

  public Run qrepo(Terminal terminal, String... words) {
    return Run.of(directory, environment, terminal, List.of(words));
  }

  /** Runs a command line that should end well. */
  public Run ok(String... words) {
    return ended(0, words);
  }

  /** Runs a command line that should end with this code. */
  public Run ended(int code, String... words) {
    Run run = qrepo(words);
    assertThat(run.code()).as(String.join(" ", words) + "\n" + run).isEqualTo(code);
    return run;
  }

  /**
   * Runs a command line with {@code --json} that should end with this code, and reads its answer.
   */
  public Json json(int code, String... words) {
    List<String> more = new ArrayList<>(List.of(words));
    more.add("--json");
    Json json = Json.of(ended(code, more.toArray(String[]::new)).out());
    assertThat(json.text("schema")).isEqualTo("qrepo." + words[0] + "/1");
    assertThat(json.number("exit")).isEqualTo(code);
    assertThat(json.get("ok")).isEqualTo(code == 0);
    return json;
  }

  /** The entries of a tree's live database. */
  public List<DatabaseEntry> entries(String tree) {
    try {
      Path file = path(tree).resolve(NAME + ".db");
      return DatabaseReader.read(file, ReadLimits.database()).database().entries();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public DatabaseEntry entry(String tree, String name) {
    return entries(tree).stream()
        .filter(e -> e.name().value().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** The packages of a tree's live database: {@code hello 1.0-1}. */
  public List<String> published(String tree) {
    return entries(tree).stream().map(e -> e.name() + " " + e.version()).toList();
  }

  /** The only file of a tree whose name matches. */
  public Path only(String tree, String pattern) {
    List<Path> found = files(path(tree), pattern);
    assertThat(found).as(pattern).hasSize(1);
    return found.get(0);
  }

  /** The receipts that were kept, the oldest first. */
  public List<Json> receipts() {
    return files(path("home/.local/state/qrepo/receipts"), ".*").stream()
        .map(Workplace::text)
        .map(Json::of)
        .sorted(Comparator.comparing(r -> r.number("seq")))
        .toList();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> files(Path directory, String pattern) {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(f -> f.getFileName().toString().matches(pattern)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The certificate of the key, in a file. */
  public String certificate() {
    write("cert.asc", key.certificate());
    return "cert.asc";
  }

  /** A passphrase that a key has. */
  public static Optional<char[]> passphrase(String text) {
    return Optional.of(text.toCharArray());
  }
}
