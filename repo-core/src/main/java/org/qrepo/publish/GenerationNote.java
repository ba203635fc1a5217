package org.qrepo.publish;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.qrepo.database.Lineage;
import org.qrepo.io.Sha256;

/**
 * {@code generation.json}: what a generation is and what it changed, for people and dashboards. It
 * repeats what the signed database says; nobody trusts it, and it names no host, user or path.
 */
final class GenerationNote {
  private static final DefaultIndenter LINES = new DefaultIndenter("  ", "\n");

  private GenerationNote() {}

  static byte[] json(
      GenerationId id, Lineage lineage, Sha256 database, int packages, List<PackageChange> changes)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.setPrettyPrinter(new DefaultPrettyPrinter().withObjectIndenter(LINES));
      json.writeStartObject();
      json.writeStringField("schema", "qrepo.generation/1");
      json.writeStringField("repository", lineage.repository());
      json.writeStringField("generation", id.value());
      json.writeNumberField("seq", lineage.seq());
      json.writeStringField("parent", lineage.parent().map(Sha256::hex).orElse("-"));
      json.writeStringField("time", lineage.time().toString());
      json.writeStringField("database", database.hex());
      json.writeStringField("files", lineage.files().hex());
      json.writeNumberField("packages", packages);
      json.writeArrayFieldStart("changes");
      for (PackageChange change : changes) {
        write(json, change);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    out.write('\n');
    return out.toByteArray();
  }

  private static void write(JsonGenerator json, PackageChange change) throws IOException {
    json.writeStartObject();
    json.writeStringField("package", change.name().value());
    json.writeStringField("kind", change.kind().name().toLowerCase(Locale.ROOT));
    if (change.before().isPresent()) {
      json.writeStringField("before", change.before().get().value());
    }
    if (change.after().isPresent()) {
      json.writeStringField("after", change.after().get().value());
    }
    json.writeEndObject();
  }
}
