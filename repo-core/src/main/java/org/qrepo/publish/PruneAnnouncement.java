package org.qrepo.publish;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.qrepo.Finding;
import org.qrepo.RefusedException;

/**
 * {@code prune.json} beside the generations: what the next prune may delete if nothing needs it by
 * then. It is not signed and not trusted: what it names is deleted only if the signed generations
 * agree. When it was made is the server's time of the file.
 *
 * @param folders the ids of generations, in order
 * @param packages file names, in order
 * @param made by the server's clock; {@link Instant#MAX} if it is not written yet
 */
record PruneAnnouncement(SortedSet<String> folders, SortedSet<String> packages, Instant made) {
  /** The longest announcement that is read, in bytes. */
  static final int MAX_LENGTH = 32 << 20;

  /** Announces nothing. */
  static final PruneAnnouncement NONE = new PruneAnnouncement(Set.of(), Set.of());

  private static final String SCHEMA = "qrepo.prune/1";

  PruneAnnouncement {
    folders = Collections.unmodifiableSortedSet(new TreeSet<>(folders));
    packages = Collections.unmodifiableSortedSet(new TreeSet<>(packages));
  }

  PruneAnnouncement(Set<GenerationId> generations, Set<String> packages) {
    this(
        generations.stream()
            .map(GenerationId::value)
            .collect(Collectors.toCollection(TreeSet::new)),
        new TreeSet<>(packages),
        Instant.MAX);
  }

  Set<GenerationId> generations() {
    return folders.stream().map(GenerationId::new).collect(Collectors.toSet());
  }

  boolean isEmpty() {
    return folders.isEmpty() && packages.isEmpty();
  }

  /** Whether a folder is what a prune left of a generation: announced, and older than that. */
  boolean covers(GenerationShelf.Incomplete remains) {
    return !remains.hasDatabase()
        && folders.contains(remains.id().value())
        && !remains.written().isAfter(made);
  }

  /** Where it is. */
  static StoreKey key(PruneGround ground) {
    return ground.generations().child("prune.json");
  }

  byte[] json() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeStringField("schema", SCHEMA);
      write(json, "generations", folders);
      write(json, "packages", packages);
      json.writeEndObject();
    }
    out.write('\n');
    return out.toByteArray();
  }

  private static void write(JsonGenerator json, String name, Set<String> values)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }

  /**
   * Reads an announcement.
   *
   * @param made the server's time of the file
   * @param ground says which names it may hold
   * @throws RefusedException {@code prune-announcement-unreadable}
   */
  static PruneAnnouncement parse(byte[] bytes, Instant made, PruneGround ground) {
    try (JsonParser json =
        JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build()
            .createParser(bytes)) {
      require(bytes.length <= MAX_LENGTH, "it is longer than " + (MAX_LENGTH >> 20) + " MiB");
      require(json.nextToken() == JsonToken.START_OBJECT, "it is no JSON object");
      Set<GenerationId> generations = new HashSet<>();
      Set<String> packages = new HashSet<>();
      String schema = "";
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "schema" -> schema = json.getText();
          case "generations" ->
              strings(json).forEach(value -> generations.add(new GenerationId(value)));
          case "packages" -> {
            for (String value : strings(json)) {
              ground.requireName(value);
              packages.add(value);
            }
          }
          default -> json.skipChildren();
        }
      }
      require(json.currentToken() == JsonToken.END_OBJECT, "it does not end");
      require(schema.equals(SCHEMA), "its schema is not " + SCHEMA);
      PruneAnnouncement read = new PruneAnnouncement(generations, packages);
      return new PruneAnnouncement(read.folders(), read.packages(), made);
    } catch (IOException | IllegalArgumentException e) {
      throw unreadable(ground, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  private static Set<String> strings(JsonParser json) throws IOException {
    require(json.currentToken() == JsonToken.START_ARRAY, "a list is expected");
    Set<String> values = new HashSet<>();
    while (json.nextToken() == JsonToken.VALUE_STRING) {
      values.add(json.getText());
    }
    require(json.currentToken() == JsonToken.END_ARRAY, "a list of texts is expected");
    return values;
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  private static RefusedException unreadable(PruneGround ground, String why) {
    return new RefusedException(
        Finding.of(
            "prune-announcement-unreadable",
            key(ground).value(),
            "the announcement of an earlier prune cannot be read",
            why,
            "Delete it: the next prune announces anew, and deletes a day later."));
  }
}
