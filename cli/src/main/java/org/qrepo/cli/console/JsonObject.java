package org.qrepo.cli.console;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.qrepo.Finding;

/** An open JSON object; fields are written in the order of the calls. */
public final class JsonObject {
  private final JsonGenerator generator;

  JsonObject(JsonGenerator generator) {
    this.generator = generator;
  }

  /** An object of its own, laid out for people. */
  public static String pretty(JsonFields fields) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = new JsonFactory().createGenerator(text)) {
      generator.useDefaultPrettyPrinter();
      generator.writeStartObject();
      fields.write(new JsonObject(generator));
      generator.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text + "\n";
  }

  public JsonObject field(String name, String value) throws IOException {
    generator.writeStringField(name, value);
    return this;
  }

  public JsonObject field(String name, long value) throws IOException {
    generator.writeNumberField(name, value);
    return this;
  }

  public JsonObject field(String name, boolean value) throws IOException {
    generator.writeBooleanField(name, value);
    return this;
  }

  /** A string, or {@code null} if there is none. */
  public JsonObject field(String name, Optional<String> value) throws IOException {
    generator.writeFieldName(name);
    if (value.isPresent()) {
      generator.writeString(value.get());
    } else {
      generator.writeNull();
    }
    return this;
  }

  public JsonObject object(String name, JsonFields fields) throws IOException {
    generator.writeObjectFieldStart(name);
    fields.write(this);
    generator.writeEndObject();
    return this;
  }

  /** An array of strings. */
  public JsonObject strings(String name, Iterable<String> values) throws IOException {
    generator.writeArrayFieldStart(name);
    for (String value : values) {
      generator.writeString(value);
    }
    generator.writeEndArray();
    return this;
  }

  /** An array of objects, one for each item. */
  public <T> JsonObject objects(String name, Iterable<T> items, JsonItem<T> each)
      throws IOException {
    generator.writeArrayFieldStart(name);
    for (T item : items) {
      generator.writeStartObject();
      each.write(this, item);
      generator.writeEndObject();
    }
    generator.writeEndArray();
    return this;
  }

  /** An array of findings. */
  public JsonObject findings(String name, Iterable<Finding> findings) throws IOException {
    return objects(
        name,
        findings,
        (object, finding) ->
            object
                .field("id", finding.id())
                .field("subject", finding.subject())
                .field("reason", finding.reason())
                .strings("details", finding.details()));
  }

  /** Writes the fields of one item of an array. */
  @FunctionalInterface
  public interface JsonItem<T> {
    void write(JsonObject object, T item) throws IOException;
  }
}
