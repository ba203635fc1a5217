package org.qrepo.repodata;

import java.io.StringReader;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.Sha256;
import org.qrepo.rpm.RpmVersion;

/** Reads what the three documents say of one package. */
final class EntryReader {
  private static final String ABSENT = "";

  private EntryReader() {}

  /** Without document types and entities: nothing in a document leads anywhere else. */
  static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, true);
    factory.setXMLResolver(
        (publicId, systemId, base, namespace) -> {
          throw new XMLStreamException("nothing outside of the document is read");
        });
    return factory;
  }

  /**
   * The package that these three pieces describe.
   *
   * @param subject what findings call it
   * @throws RefusedException {@code metadata-malformed} if they are not what qrepo writes, or of
   *     different packages
   */
  static RpmEntry read(String subject, String primary, String filelists, String other) {
    try {
      Facts facts = Facts.of(MetadataKind.PRIMARY.alone(primary));
      Facts files = Facts.of(MetadataKind.FILELISTS.alone(filelists));
      Facts changes = Facts.of(MetadataKind.OTHER.alone(other));
      RpmEntry.Fragments fragments = new RpmEntry.Fragments(primary, filelists, other);
      RpmEntry entry = entry(facts, fragments);
      requireSame(entry, files);
      requireSame(entry, changes);
      return entry;
    } catch (XMLStreamException | IllegalArgumentException | DateTimeException e) {
      throw malformed(subject, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  static RefusedException malformed(String subject, String why) {
    return new RefusedException(
        Finding.of(
            "metadata-malformed",
            subject,
            "the metadata is not what qrepo writes",
            why.replaceAll("[^ -~]", "?"),
            "It is read no further, and nothing was changed."));
  }

  private static RpmEntry entry(Facts facts, RpmEntry.Fragments fragments) {
    String location = facts.get("location@href");
    if (!location.matches("rpm/[A-Za-z0-9._+~^-]{1,250}\\.rpm")) {
      throw new IllegalArgumentException("a package lies where none does: " + location);
    }
    return new RpmEntry(
        facts.get("name"),
        facts.version(),
        facts.get("arch"),
        new Sha256(facts.get("checksum")),
        location,
        facts.number("size@package"),
        Instant.ofEpochSecond(facts.number("time@build")),
        Instant.ofEpochSecond(facts.number("time@file")),
        facts.get("summary"),
        facts.get("url"),
        fragments);
  }

  private static void requireSame(RpmEntry entry, Facts other) {
    boolean same =
        other.get("package@pkgid").equals(entry.digest().hex())
            && other.get("package@name").equals(entry.name())
            && other.get("package@arch").equals(entry.architecture())
            && other.version().equals(entry.version());
    if (!same) {
      throw new IllegalArgumentException("two documents speak of different packages in one place");
    }
  }

  /** Texts of a package's own elements by name, and attributes by {@code element@name}. */
  private static final class Facts {
    private final Map<String, String> values = new HashMap<>();

    static Facts of(String document) throws XMLStreamException {
      XMLStreamReader reader = factory().createXMLStreamReader(new StringReader(document));
      try {
        Facts facts = new Facts();
        facts.read(reader);
        return facts;
      } finally {
        reader.close();
      }
    }

    /** The document is the root, in it the package, and its elements in that. */
    private void read(XMLStreamReader reader) throws XMLStreamException {
      int depth = 0;
      StringBuilder text = new StringBuilder();
      while (reader.hasNext()) {
        switch (reader.next()) {
          case XMLStreamConstants.START_ELEMENT -> {
            depth++;
            text.setLength(0);
            if (depth == 2 || depth == 3) {
              attributes(reader);
            }
          }
          case XMLStreamConstants.END_ELEMENT -> {
            if (depth == 3) {
              values.putIfAbsent(reader.getLocalName(), text.toString());
            }
            depth--;
          }
          case XMLStreamConstants.CHARACTERS, XMLStreamConstants.SPACE -> {
            if (depth == 3) {
              text.append(reader.getText());
            }
          }
          case XMLStreamConstants.END_DOCUMENT -> {}
          default -> throw new XMLStreamException("it holds more than elements and text");
        }
      }
    }

    private void attributes(XMLStreamReader reader) {
      for (int i = 0; i < reader.getAttributeCount(); i++) {
        values.putIfAbsent(
            reader.getLocalName() + "@" + reader.getAttributeLocalName(i),
            reader.getAttributeValue(i));
      }
    }

    String get(String key) {
      String value = values.get(key);
      if (value == null) {
        throw new IllegalArgumentException("a package has no " + key);
      }
      return value;
    }

    long number(String key) {
      return Long.parseUnsignedLong(get(key));
    }

    RpmVersion version() {
      return new RpmVersion(
          number("version@epoch"),
          values.getOrDefault("version@ver", ABSENT),
          values.getOrDefault("version@rel", ABSENT));
    }
  }
}
