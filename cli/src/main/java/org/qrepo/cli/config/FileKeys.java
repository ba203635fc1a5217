package org.qrepo.cli.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.cli.config.YamlNode.Entry;
import org.qrepo.cli.config.YamlNode.Items;
import org.qrepo.cli.config.YamlNode.Keys;
import org.qrepo.cli.config.YamlNode.Text;

/** The values that a configuration file gives, each key checked against those that there are. */
final class FileKeys {
  private final Path base;
  private final boolean mayRun;
  private final Findings findings;
  private final List<Given> values = new ArrayList<>();

  private FileKeys(Path base, boolean mayRun, Findings findings) {
    this.base = base;
    this.mayRun = mayRun;
    this.findings = findings;
  }

  /**
   * @param name what messages call the file
   * @param findings gets what is wrong with keys
   * @throws ConfigException if the file is no YAML
   */
  static List<Given> read(Path file, String name, Findings findings) throws IOException {
    Path base = file.toAbsolutePath().normalize().getParent();
    Path directory = base == null ? file.getRoot() : base;
    FileKeys keys = new FileKeys(directory, FileOwner.isUserAlone(file), findings);
    Optional<YamlNode> root = YamlFile.read(file, name);
    root.ifPresent(node -> keys.walk("", "", node));
    return keys.values;
  }

  /**
   * @param pattern of the mapping, {@code *} for chosen names
   * @param name of the mapping, chosen names filled in
   */
  private void walk(String pattern, String name, YamlNode node) {
    if (!(node instanceof Keys keys)) {
      if (!(node instanceof Text text && text.isAbsent())) {
        String what = name.isEmpty() ? "the file" : name;
        findings.add("config-type", node.where(), what + " must hold keys and values");
      }
      return;
    }
    List<String> known = Key.below(pattern);
    Map<String, String> seen = new HashMap<>();
    for (Entry entry : keys.entries()) {
      String before = seen.putIfAbsent(entry.name(), entry.where());
      if (before != null) {
        String full = join(name, entry.name());
        findings.add(
            "config-duplicate", entry.where(), full + " is given twice, first at " + before);
      } else {
        descend(pattern, name, known, entry);
      }
    }
  }

  private void descend(String pattern, String name, List<String> known, Entry entry) {
    boolean chosen = known.contains("*");
    if (chosen && !Key.CHOSEN_NAME.matcher(entry.name()).matches()) {
      findings.add(
          "config-name",
          entry.where(),
          "'" + entry.name() + "' is not a name: use letters, digits, _ and -");
    } else if (!chosen && !known.contains(entry.name())) {
      refuseUnknown(name, known, entry);
    } else {
      String next = join(pattern, chosen ? "*" : entry.name());
      String full = join(name, entry.name());
      Optional<Key> key = Key.at(next);
      if (key.isPresent()) {
        value(key.get(), full, entry);
      } else {
        walk(next, full, entry.value());
      }
    }
  }

  private void refuseUnknown(String name, List<String> known, Entry entry) {
    String full = join(name, entry.name());
    Optional<String> meant = Meant.among(known, entry.name());
    String[] details =
        meant.isPresent()
            ? new String[] {"Did you mean " + meant.get() + "?"}
            : new String[] {"Known here: " + String.join(", ", known) + "."};
    findings.add("config-unknown-key", entry.where(), "unknown key " + full, details);
  }

  private void value(Key key, String name, Entry entry) {
    if (entry.value() instanceof Text text) {
      if (!text.isAbsent()) {
        values.add(new Given(name, key, List.of(item(text))));
      }
    } else if (entry.value() instanceof Items list && key.takesList()) {
      values.add(new Given(name, key, list.items().stream().flatMap(n -> text(name, n)).toList()));
    } else {
      String form = key.takesList() ? "a list of texts" : "one text";
      findings.add("config-type", entry.value().where(), name + " must be " + form);
    }
  }

  private java.util.stream.Stream<Given.Item> text(String name, YamlNode node) {
    if (node instanceof Text text && !text.isAbsent()) {
      return java.util.stream.Stream.of(item(text));
    }
    findings.add("config-type", node.where(), "every item of " + name + " must be a text");
    return java.util.stream.Stream.empty();
  }

  private Given.Item item(Text text) {
    return new Given.Item(text.text(), new Origin(text.where(), base, mayRun));
  }

  private static String join(String prefix, String name) {
    return prefix.isEmpty() ? name : prefix + "." + name;
  }
}
