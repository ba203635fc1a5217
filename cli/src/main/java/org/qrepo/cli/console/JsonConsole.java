package org.qrepo.cli.console;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.qrepo.Finding;

/**
 * Speaks to scripts: one JSON object on standard output when the command has ended, also when it
 * has failed. What is for people goes to standard error as ever.
 */
public final class JsonConsole implements Console {
  private final PrintStream out;
  private final TextConsole people;
  private final List<Finding> warnings = new ArrayList<>();
  private final List<Failure> failures = new ArrayList<>();

  public JsonConsole(PrintStream out, TextConsole people) {
    this.out = out;
    this.people = people;
  }

  /**
   * Writes the object.
   *
   * @param command the words of the command, without {@code qrepo}; parted by {@code -}
   * @param fields the answer of the command
   */
  public void finish(String command, ExitCode code, JsonFields fields) throws IOException {
    try (JsonGenerator generator = new JsonFactory().createGenerator(out)) {
      generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      generator.setPrettyPrinter(new DefaultPrettyPrinter());
      generator.writeStartObject();
      JsonObject object = new JsonObject(generator);
      object.field("schema", "qrepo." + command + "/1");
      object.field("ok", code == ExitCode.DONE).field("exit", code.value());
      writeFindings(object);
      fields.write(object);
      generator.writeEndObject();
      generator.writeRaw('\n');
    }
    out.flush();
  }

  private void writeFindings(JsonObject object) throws IOException {
    if (!failures.isEmpty()) {
      object.findings("findings", failures.stream().flatMap(f -> f.findings().stream()).toList());
      object.strings(
          "closing", failures.stream().flatMap(f -> f.closing().stream()).distinct().toList());
    }
    synchronized (warnings) {
      object.findings("warnings", warnings);
    }
  }

  @Override
  public void result(String line) {}

  @Override
  public void document(String text) {}

  @Override
  public void stage(String text) {
    people.stage(text);
  }

  @Override
  public void stage(String text, String figures) {
    people.stage(text, figures);
  }

  @Override
  public void detail(String text) {
    people.detail(text);
  }

  @Override
  public void note(String text) {
    people.note(text);
  }

  @Override
  public void verbose(String text) {
    people.verbose(text);
  }

  @Override
  public void debug(String text) {
    people.debug(text);
  }

  @Override
  public void warning(Finding finding) {
    synchronized (warnings) {
      warnings.add(finding);
    }
    people.warning(finding);
  }

  @Override
  public void failure(Failure failed) {
    failures.add(failed);
    people.failure(failed);
  }

  @Override
  public Progress progress(String what, long total) {
    return NoProgress.INSTANCE;
  }
}
