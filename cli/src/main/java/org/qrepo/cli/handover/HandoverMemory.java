package org.qrepo.cli.handover;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qrepo.io.AtomicFile;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;
import org.qrepo.publish.GenerationId;
import org.qrepo.publish.RepositoryName;

/**
 * What was handed over from one place to one other: generations, and the files of templates, each
 * with the number of the generation that was the last one then.
 *
 * @param heads the last {@value #MOST_HEADS} generations that hand-overs ended with, in their order
 * @param templates by their names
 */
record HandoverMemory(List<Head> heads, Map<String, Template> templates) {
  private static final int MOST_HEADS = 200;
  private static final Pattern HEAD = Pattern.compile("head ([0-9]{1,16}) ([0-9a-f]{16})");
  private static final Pattern TEMPLATE =
      Pattern.compile("template ([0-9]{1,16}) ([0-9a-f]{64}) ([!-~]{1,300})");
  private static final HandoverMemory NOTHING = new HandoverMemory(List.of(), Map.of());

  HandoverMemory {
    heads = List.copyOf(heads.subList(Math.max(0, heads.size() - MOST_HEADS), heads.size()));
    templates = Map.copyOf(templates);
  }

  /** A generation. */
  record Head(long sequence, GenerationId generation) {}

  /** A file of templates. */
  record Template(long sequence, Sha256 sha256) {}

  /** The generation that the last hand-over ended with. */
  Optional<Head> last() {
    return heads.isEmpty() ? Optional.empty() : Optional.of(heads.get(heads.size() - 1));
  }

  /**
   * Whether whoever has a generation has a file of templates too. What was handed over together
   * with the generation itself may have been lost after it.
   */
  boolean isBefore(Template template, GenerationId generation) {
    return heads.stream()
        .anyMatch(h -> h.generation().equals(generation) && template.sequence() < h.sequence());
  }

  /** The same after another hand-over. */
  HandoverMemory and(Head head, Map<String, Template> more) {
    List<Head> all = new ArrayList<>(heads);
    all.remove(head);
    all.add(head);
    Map<String, Template> files = new HashMap<>(templates);
    files.putAll(more);
    return new HandoverMemory(all, files);
  }

  /**
   * The file that remembers.
   *
   * @param directory the state directory
   * @param destination the other qube's name; empty where dom0 chooses it
   */
  static Path file(Path directory, RepositoryName repository, String location, String destination) {
    byte[] way =
        (repository + "\n" + location + "\n" + destination).getBytes(StandardCharsets.UTF_8);
    String digest = Digests.of(way, Set.of()).sha256().hex().substring(0, 16);
    return directory.resolve("handed-over").resolve(repository + "-" + digest);
  }

  /**
   * Reads what is remembered.
   *
   * @throws IOException if the file is damaged, with what to do
   */
  static HandoverMemory read(Path file) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
    } catch (NoSuchFileException e) {
      return NOTHING;
    }
    List<Head> heads = new ArrayList<>();
    Map<String, Template> templates = new HashMap<>();
    for (String line : lines) {
      Matcher generation = HEAD.matcher(line);
      Matcher template = TEMPLATE.matcher(line);
      if (generation.matches()) {
        heads.add(
            new Head(Long.parseLong(generation.group(1)), new GenerationId(generation.group(2))));
      } else if (template.matches()) {
        templates.put(
            template.group(3),
            new Template(Long.parseLong(template.group(1)), new Sha256(template.group(2))));
      } else {
        throw new IOException(
            file + " is damaged. Remove it: the next hand-over then brings everything.");
      }
    }
    return new HandoverMemory(heads, templates);
  }

  void write(Path file) throws IOException {
    StringBuilder text = new StringBuilder();
    heads.forEach(h -> text.append("head " + h.sequence() + " " + h.generation() + "\n"));
    new TreeMap<>(templates)
        .forEach(
            (name, t) ->
                text.append("template " + t.sequence() + " " + t.sha256() + " " + name + "\n"));
    Path folder = file.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    AtomicFile.write(
        file,
        text.toString().getBytes(StandardCharsets.US_ASCII),
        PosixFilePermissions.fromString("rw-------"));
  }
}
