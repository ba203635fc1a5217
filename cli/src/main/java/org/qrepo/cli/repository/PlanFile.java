package org.qrepo.cli.repository;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.qrepo.alpm.PackageName;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.console.JsonObject;
import org.qrepo.io.AtomicFile;
import org.qrepo.publish.Change;
import org.qrepo.publish.Plan;

/**
 * A plan that was saved, to be read, signed off, carried elsewhere and carried out: the change, and
 * every step with names, sizes and digests. It is carried out only if planning again gives the
 * same.
 */
public final class PlanFile {
  private static final String SCHEMA = "qrepo.plan/1";
  private static final int MAX_SIZE = 64 << 20;

  private final String text;
  private final Change change;

  private PlanFile(String text, Change change) {
    this.text = text;
    this.change = change;
  }

  static PlanFile of(Plan plan) {
    if (!(plan.intent() instanceof Change change)) {
      throw new IllegalArgumentException("only the plan of a change can be saved");
    }
    Change.Options options = change.options();
    String text =
        JsonObject.pretty(
            json -> {
              json.field("schema", SCHEMA)
                  .strings("packages", change.packages().stream().map(Path::toString).toList())
                  .strings("removals", sorted(change.removals()))
                  .strings("options", options(options));
              PublishReport.write(json, plan);
              json.findings("warnings", plan.warnings());
            });
    return new PlanFile(text, change);
  }

  private static Set<String> sorted(Set<PackageName> names) {
    Set<String> sorted = new TreeSet<>();
    names.forEach(n -> sorted.add(n.value()));
    return sorted;
  }

  private static List<String> options(Change.Options options) {
    List<String> words = new ArrayList<>();
    if (options.init()) {
      words.add("init");
    }
    if (options.replace()) {
      words.add("replace");
    }
    if (options.allowDowngrade()) {
      words.add("allow-downgrade");
    }
    return words;
  }

  /**
   * Reads a saved plan.
   *
   * @throws UsageException if it is none
   */
  public static PlanFile read(Path file) throws IOException {
    String text = text(file);
    Draft draft = new Draft();
    try (JsonParser json = new JsonFactory().createParser(text)) {
      draft.read(json);
      return new PlanFile(text, draft.change());
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw notAPlan(file, "it is damaged in line " + line + ": " + e.getOriginalMessage());
    } catch (IllegalArgumentException e) {
      throw notAPlan(file, String.valueOf(e.getMessage()));
    }
  }

  private static String text(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new UsageException(
          "--plan " + file + ": " + (Files.exists(file) ? "is not a file" : "no such file"));
    }
    if (Files.size(file) > MAX_SIZE) {
      throw notAPlan(file, "it is larger than 64 MiB");
    }
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw notAPlan(file, "it is not a text");
    }
  }

  private static UsageException notAPlan(Path file, String why) {
    return new UsageException(
        file + " is not a plan that can be carried out",
        Character.toUpperCase(why.charAt(0)) + why.substring(1) + ".",
        "qrepo publish --plan-out FILE saves one.");
  }

  /** What is read of a plan: the change; every step is planned again and compared. */
  private static final class Draft {
    private final List<Path> packages = new ArrayList<>();
    private final Set<PackageName> removals = new HashSet<>();
    private final Set<String> options = new HashSet<>();
    private String schema = "";

    void read(JsonParser json) throws IOException {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("it is not a JSON object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        switch (field) {
          case "schema" -> schema = String.valueOf(json.getValueAsString());
          case "packages" -> strings(json, field).forEach(p -> packages.add(Path.of(p)));
          case "removals" -> strings(json, field).forEach(n -> removals.add(new PackageName(n)));
          case "options" -> options.addAll(strings(json, field));
          default -> json.skipChildren();
        }
      }
    }

    Change change() {
      if (!schema.equals(SCHEMA)) {
        throw new IllegalArgumentException("its schema is not " + SCHEMA);
      }
      return new Change(
          packages,
          removals,
          new Change.Options(
              options.contains("init"),
              options.contains("replace"),
              options.contains("allow-downgrade")));
    }
  }

  private static List<String> strings(JsonParser json, String field) throws IOException {
    List<String> strings = new ArrayList<>();
    if (json.currentToken() == JsonToken.START_ARRAY) {
      while (json.nextToken() == JsonToken.VALUE_STRING) {
        strings.add(json.getText());
      }
    }
    if (json.currentToken() != JsonToken.END_ARRAY) {
      throw new IllegalArgumentException("\"" + field + "\" is not a list of texts");
    }
    return strings;
  }

  /** The change that was planned. */
  public Change change() {
    return change;
  }

  /** Whether carrying out the given plan is no more than what was agreed to. */
  boolean approves(Plan plan) {
    return plan.isDone() || of(plan).text.equals(text);
  }

  void save(Path file) throws IOException {
    AtomicFile.write(
        file, text.getBytes(StandardCharsets.UTF_8), PosixFilePermissions.fromString("rw-r--r--"));
  }
}
