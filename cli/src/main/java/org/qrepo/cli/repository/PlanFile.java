package org.qrepo.cli.repository;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.qrepo.alpm.PackageName;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.console.JsonObject;
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
    Change change = plan.change();
    Change.Options options = change.options();
    String text =
        JsonObject.pretty(
            json -> {
              json.field("schema", SCHEMA)
                  .strings("packages", change.packages().stream().map(Path::toString).toList())
                  .strings("removals", sorted(change.removals()))
                  .strings("options", options(options));
              PublishReport.write(json, plan);
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
    if (Files.size(file) > MAX_SIZE) {
      throw new UsageException(file + " is too large to be a plan");
    }
    String text = Files.readString(file);
    List<String> packages = new ArrayList<>();
    Set<PackageName> removals = new HashSet<>();
    Set<String> options = new HashSet<>();
    boolean known = false;
    try (JsonParser json = new JsonFactory().createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new UsageException(file + " is not a plan of qrepo");
      }
      for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
        json.nextToken();
        switch (field) {
          case "schema" -> known = SCHEMA.equals(json.getText());
          case "packages" -> packages.addAll(strings(json));
          case "removals" -> strings(json).forEach(n -> removals.add(new PackageName(n)));
          case "options" -> options.addAll(strings(json));
          default -> json.skipChildren();
        }
      }
    } catch (JsonParseException | IllegalArgumentException e) {
      throw new UsageException(file + " is not a plan of qrepo: " + e.getMessage());
    }
    if (!known) {
      throw new UsageException(file + " is not a plan of qrepo (" + SCHEMA + ")");
    }
    return new PlanFile(
        text,
        new Change(
            packages.stream().map(Path::of).toList(),
            removals,
            new Change.Options(
                options.contains("init"),
                options.contains("replace"),
                options.contains("allow-downgrade"))));
  }

  private static List<String> strings(JsonParser json) throws IOException {
    List<String> strings = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() != JsonToken.VALUE_STRING) {
        throw new IllegalArgumentException("a text is expected");
      }
      strings.add(json.getText());
    }
    return strings;
  }

  /** The change that was planned. */
  public Change change() {
    return change;
  }

  boolean approves(Plan plan) {
    return of(plan).text.equals(text);
  }

  void save(Path file) throws IOException {
    Path temporary = Files.createTempFile(file.toAbsolutePath().getParent(), ".plan-", ".tmp");
    Files.write(temporary, text.getBytes(StandardCharsets.UTF_8));
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
