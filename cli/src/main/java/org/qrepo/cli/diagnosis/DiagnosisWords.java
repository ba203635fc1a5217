package org.qrepo.cli.diagnosis;

import java.io.IOException;
import java.util.List;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.JsonObject;

/** Says what was found, to people and to scripts. */
public final class DiagnosisWords {
  private DiagnosisWords() {}

  /** Says it as results, the likely causes first. */
  public static void say(Console console, List<Diagnosed> diagnosed) {
    for (Diagnosed each : diagnosed) {
      console.result(label(each.kind()) + each.id() + ": " + each.cause());
      console.result("    " + each.first().place() + ": " + each.first().text());
      if (each.count() > 1) {
        console.result("    %d times, last at %s".formatted(each.count(), each.last().place()));
      }
      each.above().forEach(s -> console.result("    above it, " + s.place() + ": " + s.text()));
      each.fix()
          .forEach(line -> console.result("    " + (isCommand(line) ? "  " : "fix: ") + line));
      console.result("    known from: " + String.join(", ", each.sources()));
    }
  }

  private static boolean isCommand(String line) {
    return line.startsWith("$ ");
  }

  private static String label(Rule.Kind kind) {
    return switch (kind) {
      case CAUSE -> "";
      case HINT -> "perhaps: ";
      case CONSEQUENCE -> "consequence: ";
      case HARMLESS -> "harmless: ";
    };
  }

  /** Writes them as the array {@code diagnosed}. */
  public static void write(JsonObject json, List<Diagnosed> diagnosed) throws IOException {
    json.objects("diagnosed", diagnosed, DiagnosisWords::fields);
  }

  private static void fields(JsonObject json, Diagnosed each) throws IOException {
    json.field("id", each.id())
        .field("kind", each.kind().word())
        .field("count", each.count())
        .object("first", o -> sighting(o, each.first()))
        .object("last", o -> sighting(o, each.last()))
        .objects("above", each.above(), DiagnosisWords::sighting)
        .field("cause", each.cause())
        .strings("fix", each.fix())
        .objects("bounds", each.bounds(), DiagnosisWords::bound)
        .strings("sources", each.sources());
  }

  private static void sighting(JsonObject json, Sighting sighting) throws IOException {
    json.field("log", sighting.log()).field("line", sighting.line()).field("text", sighting.text());
  }

  private static void bound(JsonObject json, Bound bound) throws IOException {
    json.field("component", bound.component())
        .field("file", bound.file().toString())
        .field("line", bound.line())
        .field("dependency", bound.dependency())
        .field("command", bound.command());
  }

  /** Says all that is known. */
  public static void list(Console console, RuleBook book) {
    for (Rule rule : book.rules()) {
      console.result(label(rule.kind()) + rule.id() + ": " + rule.cause());
      rule.patterns().forEach(pattern -> console.result("    " + pattern));
    }
  }

  /** Writes all that is known as the array {@code rules}. */
  public static void list(JsonObject json, RuleBook book) throws IOException {
    json.objects(
        "rules",
        book.rules(),
        (object, rule) ->
            object
                .field("id", rule.id())
                .field("kind", rule.kind().word())
                .strings("where", rule.where().stream().map(Rule.Where::words).toList())
                .strings("patterns", rule.patterns())
                .field("cause", rule.cause())
                .strings("fix", rule.fix())
                .strings("sources", rule.sources()));
  }
}
