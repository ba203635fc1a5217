package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qrepo.cli.config.ComponentName;
import org.qrepo.io.AtomicFile;
import org.qrepo.io.Sha256;

/**
 * What was built in a builder's directory, and from what, and which sources were replaced. It is
 * written anew, whole and durable, after each thing that changes it.
 */
final class BuildRecord {
  private static final String HEAD = "qrepo-build 1";
  private static final int MOST_BYTES = 16 << 20;
  private static final Pattern BUILT =
      Pattern.compile("(component|template) (\\S{1,300}) (begun|done) ([0-9]{1,12}) (\\S+) (\\S+)");
  private static final Pattern PACKAGE = Pattern.compile("  ([0-9a-f]{64}) (\\S+)");
  private static final Pattern OVERRIDE =
      Pattern.compile("override (\\S{1,100}) ([0-9a-f]{64}) (\\S{1,64}) (had|none)");

  private final Path file;
  private final Map<String, Built> components = new LinkedHashMap<>();
  private final Map<String, Built> templates = new LinkedHashMap<>();
  private final Map<ComponentName, Replacement> overrides = new TreeMap<>();

  private BuildRecord(Path file) {
    this.file = file;
  }

  /**
   * One thing that was built, or begun to be.
   *
   * @param when it was begun, in seconds
   * @param source its own sources
   * @param before the packages that were there before it
   */
  record Built(
      boolean done, long when, SourceState source, Sha256 before, List<MadePackage> packages) {
    Built {
      packages = List.copyOf(packages);
    }

    static Built begun(SourceState source, Sha256 before) {
      return new Built(false, Instant.now().getEpochSecond(), source, before, List.of());
    }

    Built done(List<MadePackage> made) {
      return new Built(true, when, source, before, made);
    }

    /** Whether all that it made is still there. */
    boolean isThere(Path artifacts) throws IOException {
      for (MadePackage made : packages) {
        if (!made.isThere(artifacts)) {
          return false;
        }
      }
      return done && !packages.isEmpty();
    }
  }

  /**
   * Sources that were put in the place of those that the builder fetched.
   *
   * @param files the digest of the files that were put there
   * @param commit that was checked out there; {@code none}
   * @param had whether sources were there before, which are kept aside
   */
  record Replacement(Sha256 files, String commit, boolean had) {}

  /**
   * Reads a record.
   *
   * @throws IOException if it is damaged, with what to do
   */
  static BuildRecord read(Path file) throws IOException {
    BuildRecord record = new BuildRecord(file);
    List<String> lines;
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw damaged(file);
      }
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw damaged(file);
      }
      lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return record;
    }
    try {
      record.parse(lines);
    } catch (IllegalArgumentException e) {
      throw damaged(file);
    }
    return record;
  }

  private static IOException damaged(Path file) {
    return new IOException(
        file
            + " is damaged\nIt remembers what was built, and which sources were replaced."
            + "\nRemove it: everything is built anew then. Sources that were replaced stay as they"
            + " are; those that were there before are in "
            + file.resolveSibling(StateDirectory.ASIDE)
            + ".");
  }

  private void parse(List<String> lines) {
    if (lines.isEmpty() || !lines.get(0).equals(HEAD)) {
      throw new IllegalArgumentException("no record");
    }
    Optional<Entry> open = Optional.empty();
    for (String line : lines.subList(1, lines.size())) {
      Matcher made = PACKAGE.matcher(line);
      if (made.matches()) {
        open.orElseThrow(() -> new IllegalArgumentException(line))
            .packages()
            .add(new MadePackage(made.group(2), new Sha256(made.group(1))));
        continue;
      }
      open.ifPresent(this::add);
      open = entry(line);
    }
    open.ifPresent(this::add);
  }

  /** A thing whose packages follow. */
  private record Entry(boolean template, String name, Built built, List<MadePackage> packages) {}

  private Optional<Entry> entry(String line) {
    Matcher built = BUILT.matcher(line);
    if (built.matches()) {
      return Optional.of(
          new Entry(
              built.group(1).equals("template"),
              built.group(2),
              new Built(
                  built.group(3).equals("done"),
                  Long.parseLong(built.group(4)),
                  new SourceState(built.group(5)),
                  new Sha256(built.group(6)),
                  List.of()),
              new ArrayList<>()));
    }
    Matcher override = OVERRIDE.matcher(line);
    if (!override.matches()) {
      throw new IllegalArgumentException(line);
    }
    overrides.put(
        new ComponentName(override.group(1)),
        new Replacement(
            new Sha256(override.group(2)), override.group(3), override.group(4).equals("had")));
    return Optional.empty();
  }

  private void add(Entry entry) {
    Built built = entry.built();
    (entry.template() ? templates : components)
        .put(
            entry.name(),
            new Built(
                built.done(), built.when(), built.source(), built.before(), entry.packages()));
  }

  Optional<Built> component(ComponentName name) {
    return Optional.ofNullable(components.get(name.value()));
  }

  Optional<Built> template(String name) {
    return Optional.ofNullable(templates.get(name));
  }

  Map<ComponentName, Replacement> overrides() {
    return Map.copyOf(overrides);
  }

  Optional<Replacement> override(ComponentName name) {
    return Optional.ofNullable(overrides.get(name));
  }

  void put(ComponentName name, Built built) throws IOException {
    components.put(name.value(), built);
    write();
  }

  void putTemplate(String name, Built built) throws IOException {
    templates.put(name, built);
    write();
  }

  void put(ComponentName name, Replacement override) throws IOException {
    overrides.put(name, override);
    write();
  }

  void removeOverride(ComponentName name) throws IOException {
    overrides.remove(name);
    write();
  }

  boolean isAnythingBuilt() {
    return !components.isEmpty() || !templates.isEmpty();
  }

  /** Forgets what was built; what was replaced stays known. */
  void forgetBuilt() throws IOException {
    components.clear();
    templates.clear();
    write();
  }

  private void write() throws IOException {
    StringBuilder text = new StringBuilder(HEAD).append('\n');
    components.forEach((name, built) -> append(text, "component " + name, built));
    templates.forEach((name, built) -> append(text, "template " + name, built));
    overrides.forEach(
        (name, o) ->
            text.append(
                "override %s %s %s %s\n"
                    .formatted(name, o.files(), o.commit(), o.had() ? "had" : "none")));
    try {
      AtomicFile.write(
          file,
          text.toString().getBytes(StandardCharsets.UTF_8),
          PosixFilePermissions.fromString("rw-r--r--"));
    } catch (IOException e) {
      throw new IOException(
          "what was done cannot be noted in "
              + file
              + ": "
              + String.valueOf(e.getMessage())
              + "\nThe next run does it again.",
          e);
    }
  }

  private static void append(StringBuilder text, String what, Built built) {
    text.append(
        "%s %s %d %s %s\n"
            .formatted(
                what,
                built.done() ? "done" : "begun",
                built.when(),
                built.source().word(),
                built.before()));
    built.packages().forEach(p -> text.append("  " + p.sha256() + " " + p.path() + "\n"));
  }
}
