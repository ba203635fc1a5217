package org.qrepo.client.page;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.qrepo.io.Sha256;

/**
 * {@code repo.json}: what the landing page says, for programs. It is not signed; who needs to trust
 * it reads the database. Keys may be added; a change of meaning raises the number of the schema.
 */
public final class RepositoryJson {
  /** The name under which it is published. */
  public static final String FILE_NAME = "repo.json";

  private final JsonGenerator json;

  private RepositoryJson(JsonGenerator json) {
    this.json = json;
  }

  /** The facts as one JSON object and a line feed, in UTF-8. */
  public static byte[] of(RepositoryFacts facts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      new RepositoryJson(json).write(facts);
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private void write(RepositoryFacts facts) throws IOException {
    json.writeStartObject();
    json.writeStringField("schema", "qrepo.repository/1");
    json.writeStringField("repository", facts.name().value());
    optional("description", facts.description());
    strings("servers", facts.servers().stream().map(URI::toString).toList());
    json.writeStringField("generation", facts.generation().value());
    json.writeNumberField("seq", facts.sequence());
    json.writeStringField("updated", facts.updated().toString());
    json.writeStringField("keys-file", facts.keyFile());
    objects("keys", facts.keys(), this::key);
    objects("packages", facts.packages(), this::onePackage);
    objects("templates", facts.templates(), this::template);
    objects("setup", facts.setup(), this::instruction);
    objects("recovery", facts.recovery(), this::instruction);
    json.writeEndObject();
  }

  private void key(KeyFacts key) throws IOException {
    json.writeStringField("fingerprint", key.fingerprint().hex());
    json.writeStringField("owner", key.owner());
    optional("expires", key.expires().map(Instant::toString));
    json.writeStringField("state", key.state().name().toLowerCase(Locale.ROOT));
  }

  private void onePackage(PackageFacts one) throws IOException {
    json.writeStringField("name", one.name());
    json.writeStringField("version", one.version());
    json.writeStringField("arch", one.architecture());
    json.writeStringField("description", one.description());
    optional("url", one.homepage().map(URI::toString));
    strings("licenses", one.licenses());
    json.writeStringField("file", one.fileName());
    json.writeNumberField("size", one.size());
    json.writeNumberField("installed-size", one.installedSize());
    optional("built", one.built().map(Instant::toString));
    optional("sha256", one.sha256().map(Sha256::hex));
  }

  private void template(TemplateFacts template) throws IOException {
    json.writeStringField("name", template.name());
    json.writeStringField("version", template.version());
    json.writeNumberField("size", template.size());
    optional("built", template.built().map(Instant::toString));
    optional("url", template.file().map(URI::toString));
    json.writeStringField("install", template.install());
  }

  private void instruction(Instruction step) throws IOException {
    json.writeStringField("title", step.title());
    json.writeStringField("explanation", step.explanation());
    strings("commands", step.commands());
  }

  private void optional(String name, Optional<String> value) throws IOException {
    if (value.isPresent()) {
      json.writeStringField(name, value.get());
    }
  }

  private void strings(String name, List<String> values) throws IOException {
    json.writeArrayFieldStart(name);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }

  private <T> void objects(String name, List<T> values, Fields<T> fields) throws IOException {
    json.writeArrayFieldStart(name);
    for (T value : values) {
      json.writeStartObject();
      fields.write(value);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Writes the fields of one object. */
  @FunctionalInterface
  private interface Fields<T> {
    void write(T value) throws IOException;
  }
}
