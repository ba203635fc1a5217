package org.qrepo.cli.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.cli.config.YamlNode.Entry;
import org.qrepo.cli.config.YamlNode.Items;
import org.qrepo.cli.config.YamlNode.Keys;
import org.qrepo.cli.config.YamlNode.Text;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads a small YAML 1.2 file as a tree that knows where everything stands. Of YAML it takes what
 * people write by hand: one document of mappings, lists and texts. Anchors, aliases and tags are
 * refused, and so are files that are too long or too deep.
 */
final class YamlFile {
  private static final int MAX_BYTES = 256 * 1024;
  private static final int MAX_DEPTH = 16;

  private final String name;
  private final Iterator<Event> events;

  private YamlFile(String name, String text) {
    this.name = name;
    LoadSettings settings = LoadSettings.builder().setLabel(name).build();
    this.events = new Parse(settings).parseString(text).iterator();
  }

  /**
   * The tree of a file; empty if it holds only comments.
   *
   * @param name what messages call the file
   * @throws ConfigException with the place, if it is not such a file
   */
  static Optional<YamlNode> read(Path file, String name) throws IOException {
    YamlFile yaml = new YamlFile(name, text(file, name));
    try {
      return yaml.document();
    } catch (MarkedYamlEngineException e) {
      String reason = e.getProblem().toLowerCase(java.util.Locale.ROOT);
      throw refusal(e.getProblemMark().map(yaml::where).orElse(name), reason);
    } catch (ReaderException e) {
      throw refusal(
          name, "holds a character that YAML does not allow, at offset " + e.getPosition());
    } catch (YamlEngineException e) {
      throw refusal(name, String.valueOf(e.getMessage()).lines().findFirst().orElse("no YAML"));
    }
  }

  private static String text(Path file, String name) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw refusal(name, "longer than " + MAX_BYTES / 1024 + " KiB");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw refusal(name, "is not UTF-8 text");
    }
  }

  private Optional<YamlNode> document() {
    Event first = skipTo();
    if (first.getEventId() == Event.ID.StreamEnd) {
      return Optional.empty();
    }
    YamlNode root = node(first, 0);
    events.next();
    Event after = events.next();
    if (after.getEventId() != Event.ID.StreamEnd) {
      throw refusal(where(after), "a second document begins here; one is all that is read");
    }
    return root instanceof Text text && text.isAbsent() ? Optional.empty() : Optional.of(root);
  }

  private Event skipTo() {
    Event event = events.next();
    while (event.getEventId() == Event.ID.StreamStart
        || event.getEventId() == Event.ID.DocumentStart) {
      event = events.next();
    }
    return event;
  }

  private YamlNode node(Event event, int depth) {
    if (depth > MAX_DEPTH) {
      throw refusal(where(event), "nested too deeply");
    }
    if (event instanceof AliasEvent
        || (event instanceof NodeEvent anchored && anchored.getAnchor().isPresent())) {
      throw refusal(where(event), "anchors and aliases are not read; write the value out");
    }
    if (event instanceof ScalarEvent scalar) {
      refuseTag(scalar.getTag(), event);
      return new Text(scalar.getValue(), scalar.isPlain(), where(event));
    }
    if (event instanceof SequenceStartEvent sequence) {
      refuseTag(sequence.getTag(), event);
      return items(event, depth);
    }
    if (event instanceof MappingStartEvent mapping) {
      refuseTag(mapping.getTag(), event);
      return keys(event, depth);
    }
    throw refusal(where(event), "unexpected " + event.getEventId());
  }

  private void refuseTag(Optional<String> tag, Event event) {
    if (tag.isPresent()) {
      throw refusal(where(event), "tags are not read: " + tag.get());
    }
  }

  private YamlNode items(Event start, int depth) {
    List<YamlNode> items = new ArrayList<>();
    for (Event e = events.next(); e.getEventId() != Event.ID.SequenceEnd; e = events.next()) {
      items.add(node(e, depth + 1));
    }
    return new Items(items, where(start));
  }

  private YamlNode keys(Event start, int depth) {
    List<Entry> entries = new ArrayList<>();
    for (Event e = events.next(); e.getEventId() != Event.ID.MappingEnd; e = events.next()) {
      if (!(node(e, depth + 1) instanceof Text key)) {
        throw refusal(where(e), "a key must be a text");
      }
      entries.add(new Entry(key.text(), key.where(), node(events.next(), depth + 1)));
    }
    return new Keys(entries, where(start));
  }

  private String where(Event event) {
    return event.getStartMark().map(this::where).orElse(name);
  }

  private String where(Mark mark) {
    return name + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1);
  }

  private static ConfigException refusal(String where, String reason) {
    return new ConfigException(List.of(Finding.of("config-syntax", where, reason)));
  }
}
