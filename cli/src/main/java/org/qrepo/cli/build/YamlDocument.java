package org.qrepo.cli.build;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** A YAML file of v2, whoever wrote it: a mapping of texts, numbers, lists and mappings. */
public final class YamlDocument {
  private static final int MAX_DEPTH = 32;
  private static final int MAX_VALUES = 100_000;

  private final Map<String, Object> keys;

  private YamlDocument(Map<String, Object> keys) {
    this.keys = keys;
  }

  /**
   * Reads a file.
   *
   * @param mostBytes what it may have
   * @throws RefusedException if it is longer, nested deeper than such files are, or no YAML with
   *     keys and values
   */
  public static YamlDocument read(Path file, int mostBytes) throws IOException {
    String text = text(file, mostBytes);
    try {
      LoadSettings settings =
          LoadSettings.builder().setCodePointLimit(mostBytes).setSchema(new CoreSchema()).build();
      requireShallow(file, settings, text);
      Object root = new Load(settings).loadFromString(text);
      if (!new Extent().holds(root, 0)) {
        throw refusal(file, "refers to itself, or repeats itself without end");
      }
      return new YamlDocument(mapping(file, root));
    } catch (YamlEngineException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw refusal(file, "is no YAML: " + reason);
    }
  }

  private static String text(Path file, int mostBytes) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(mostBytes + 1);
      if (bytes.length > mostBytes) {
        throw refusal(file, "is longer than " + mostBytes / 1024 + " KiB");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw refusal(file, "is not UTF-8 text");
    }
  }

  /** Loading goes as deep into the stack as the document is nested. */
  private static void requireShallow(Path file, LoadSettings settings, String text) {
    int depth = 0;
    for (Event event : new Parse(settings).parseString(text)) {
      switch (event.getEventId()) {
        case SequenceStart, MappingStart -> depth++;
        case SequenceEnd, MappingEnd -> depth--;
        default -> {
          continue;
        }
      }
      if (depth > MAX_DEPTH) {
        throw refusal(file, "is nested too deeply");
      }
    }
  }

  /** How much there is when all that aliases stand for is written out. */
  private static final class Extent {
    private int values;

    /** Whether it can be written out. */
    boolean holds(@Nullable Object value, int depth) {
      if (depth > MAX_DEPTH || ++values > MAX_VALUES) {
        return false;
      }
      Collection<?> inner =
          value instanceof Map<?, ?> map
              ? map.values()
              : value instanceof Collection<?> items ? items : List.of();
      return inner.stream().allMatch(item -> holds(item, depth + 1));
    }
  }

  private static Map<String, Object> mapping(Path file, @Nullable Object root) {
    if (root == null) {
      return Map.of();
    }
    return asMapping(root).orElseThrow(() -> refusal(file, "holds no keys and values"));
  }

  private static RefusedException refusal(Path file, String reason) {
    return new RefusedException(Finding.of("builder-yaml", file.toString(), reason));
  }

  /** A value with keys that are texts; empty if it is something else. */
  public static Optional<Map<String, Object>> asMapping(@Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      return Optional.empty();
    }
    Map<String, Object> keys = new LinkedHashMap<>();
    map.forEach((key, item) -> keys.put(String.valueOf(key), item == null ? "" : item));
    return Optional.of(keys);
  }

  /** What a key has; empty if it is not there, or has nothing. */
  public Optional<Object> value(String key) {
    return Optional.ofNullable(keys.get(key));
  }

  /** What a key has, if that is one text or number. */
  public Optional<String> text(String key) {
    return value(key).filter(v -> !(v instanceof Map) && !(v instanceof List)).map(String::valueOf);
  }

  /** The items of a list; none if there is no list. */
  public List<Object> list(String key) {
    return value(key)
        .filter(List.class::isInstance)
        .map(v -> List.<Object>copyOf((List<?>) v))
        .orElse(List.of());
  }

  /** All keys, in the order of the file. */
  public Iterable<String> keys() {
    return keys.keySet();
  }
}
