package org.qrepo.repodata;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.qrepo.io.Sha256;

/**
 * {@code repodata/repomd.xml}, the index that dnf fetches first and whose signature covers all: it
 * names the documents with their digests and sizes.
 *
 * @param time when this state was made; its seconds are the revision
 * @param contents words about the repository, which dnf shows and does not interpret
 * @param documents one of each kind
 */
public record Repomd(Instant time, List<String> contents, Map<MetadataKind, Stated> documents) {
  /** The longest that is read, in bytes. */
  public static final int MOST = 1 << 20;

  private static final String NAMESPACE = "http://linux.duke.edu/metadata/repo";

  public Repomd {
    contents = List.copyOf(contents);
    documents = Map.copyOf(documents);
    if (documents.size() != MetadataKind.values().length) {
      throw new IllegalArgumentException("not all documents are named");
    }
  }

  /**
   * What is said of a document.
   *
   * @param checksum of its bytes
   * @param openChecksum of its bytes unpacked
   * @param size in bytes
   * @param openSize in bytes, unpacked
   */
  public record Stated(Sha256 checksum, Sha256 openChecksum, long size, long openSize) {}

  /** The index of these documents. */
  public static Repomd of(Instant time, List<String> contents, List<MetadataDocument> documents) {
    Map<MetadataKind, Stated> stated = new EnumMap<>(MetadataKind.class);
    documents.forEach(document -> stated.put(document.kind(), document.stated()));
    return new Repomd(time, contents, stated);
  }

  /** What is said of the document of this kind. */
  public Stated stated(MetadataKind kind) {
    return Objects.requireNonNull(documents.get(kind));
  }

  /** The bytes that are signed and published. */
  public byte[] format() {
    try {
      Xml xml = new Xml(MOST).raw(Xml.DECLARATION);
      xml.raw("<repomd").attribute("xmlns", NAMESPACE);
      xml.attribute("xmlns:rpm", "http://linux.duke.edu/metadata/rpm").raw(">\n");
      xml.element("  ", "revision", Long.toString(time.getEpochSecond()));
      if (!contents.isEmpty()) {
        xml.raw("  <tags>\n");
        for (String content : contents) {
          xml.element("    ", "content", content);
        }
        xml.raw("  </tags>\n");
      }
      for (MetadataKind kind : MetadataKind.values()) {
        data(xml, kind);
      }
      return xml.raw("</repomd>\n").toString().getBytes(StandardCharsets.UTF_8);
    } catch (Xml.TooLongException e) {
      throw new IllegalArgumentException("the index would have more than " + MOST + " bytes", e);
    }
  }

  private void data(Xml xml, MetadataKind kind) throws Xml.TooLongException {
    Stated stated = stated(kind);
    xml.raw("  <data").attribute("type", kind.type()).raw(">\n");
    xml.raw("    <checksum type=\"sha256\">" + stated.checksum() + "</checksum>\n");
    xml.raw("    <open-checksum type=\"sha256\">" + stated.openChecksum() + "</open-checksum>\n");
    xml.raw("    <location").attribute("href", kind.location(stated.checksum())).raw("/>\n");
    xml.element("    ", "timestamp", Long.toString(time.getEpochSecond()));
    xml.element("    ", "size", Long.toString(stated.size()));
    xml.element("    ", "open-size", Long.toString(stated.openSize()));
    xml.raw("  </data>\n");
  }

  /**
   * Reads an index.
   *
   * @param subject what findings call it
   * @return empty if it is not one that qrepo wrote
   */
  public static Optional<Repomd> parse(byte[] bytes, String subject) {
    if (bytes.length > MOST) {
      return Optional.empty();
    }
    try {
      XMLStreamReader reader =
          EntryReader.factory()
              .createXMLStreamReader(
                  new ByteArrayInputStream(bytes), StandardCharsets.UTF_8.name());
      try {
        return Optional.of(new Parser().parse(reader))
            .filter(repomd -> Arrays.equals(repomd.format(), bytes));
      } finally {
        reader.close();
      }
    } catch (XMLStreamException
        | IllegalArgumentException
        | NoSuchElementException
        | DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Whoever parses it compares what it would write with what was there. */
  private static final class Parser {
    private final List<String> contents = new ArrayList<>();
    private final Map<MetadataKind, Stated> documents = new EnumMap<>(MetadataKind.class);
    private long revision;
    private String type = "";
    private String checksum = "";
    private String openChecksum = "";
    private long size;

    Repomd parse(XMLStreamReader reader) throws XMLStreamException {
      StringBuilder text = new StringBuilder();
      while (reader.hasNext()) {
        switch (reader.next()) {
          case XMLStreamConstants.START_ELEMENT -> {
            text.setLength(0);
            if (reader.getLocalName().equals("data")) {
              type = String.valueOf(reader.getAttributeValue(null, "type"));
            }
          }
          case XMLStreamConstants.CHARACTERS -> text.append(reader.getText());
          case XMLStreamConstants.END_ELEMENT -> take(reader.getLocalName(), text.toString());
          default -> {}
        }
      }
      return new Repomd(Instant.ofEpochSecond(revision), contents, documents);
    }

    private void take(String element, String text) {
      switch (element) {
        case "revision" -> revision = Long.parseLong(text);
        case "content" -> contents.add(text);
        case "checksum" -> checksum = text;
        case "open-checksum" -> openChecksum = text;
        case "size" -> size = Long.parseLong(text);
        case "open-size" ->
            documents.put(
                MetadataKind.of(type).orElseThrow(),
                new Stated(
                    new Sha256(checksum), new Sha256(openChecksum), size, Long.parseLong(text)));
        default -> {}
      }
    }
  }
}
