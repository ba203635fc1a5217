package org.qrepo.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One JSON object, as a script reads it: a name that stands twice in an object, or anything behind
 * it, is an error.
 */
public record Json(Map<String, Object> fields) {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** Reads a text that holds one object and nothing else. */
  public static Json of(String text) {
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new AssertionError("not a JSON object: " + text);
      }
      Json json = object(parser);
      if (parser.nextToken() != null) {
        throw new AssertionError("more than one JSON object: " + text);
      }
      return json;
    } catch (IOException e) {
      throw new UncheckedIOException(text, e);
    }
  }

  private static Json object(JsonParser parser) throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      fields.put(name, value(parser));
    }
    return new Json(fields);
  }

  private static Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> {
        List<Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(value(parser));
        }
        yield items;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
      case VALUE_NULL -> "null";
      default -> throw new AssertionError("unexpected " + parser.currentToken());
    };
  }

  /** The value of a name that is there: a text, a {@link Long}, a {@link Boolean}; null as text. */
  public Object get(String name) {
    return Objects.requireNonNull(fields.get(name), () -> name + " is not in " + fields);
  }

  public String text(String name) {
    return String.valueOf(get(name));
  }

  public long number(String name) {
    return (Long) get(name);
  }

  public Json object(String name) {
    return (Json) get(name);
  }

  /** The objects of an array. */
  public List<Json> objects(String name) {
    return ((List<?>) get(name)).stream().map(Json.class::cast).toList();
  }

  /** One field of each object in an array. */
  public List<String> each(String array, String field) {
    return objects(array).stream().map(o -> o.text(field)).toList();
  }

  /** The ids of what went wrong. */
  public List<String> findings() {
    return each("findings", "id");
  }
}
