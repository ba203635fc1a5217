package org.qrepo.store.dav;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;

/**
 * What a server says of a folder and of what is directly in it (RFC 4918, {@code PROPFIND}). The
 * text is a stranger's: no document type, no entity but the five of XML, bounded in length and
 * depth.
 */
final class Multistatus {
  /** What is asked. */
  static final String QUESTION =
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
          + "<propfind xmlns=\"DAV:\"><prop><resourcetype/><getlastmodified/></prop></propfind>";

  private static final String DAV = "DAV:";
  private static final long LONGEST = 128 << 20;
  private static final int LONGEST_TEXT = 16 << 10;
  private static final int DEEPEST = 64;

  private Multistatus() {}

  /**
   * One of the names.
   *
   * @param name the last segment, decoded; empty for the folder that was asked for
   * @param changed when it was, if the server says so
   */
  record Entry(String name, boolean folder, Optional<Instant> changed) {}

  /** One answer of many, as it is read. */
  private static final class Draft {
    private String href = "";
    private boolean folder;
    private Optional<Instant> changed = Optional.empty();
  }

  /**
   * Reads all of it. What is not directly in the folder, and what no name can be, is left out.
   *
   * @param asked the folder, with a slash at its end
   * @throws StoreException of kind PERMANENT if it is not such a text
   * @throws IOException if it ends too early
   */
  static List<Entry> read(InputStream in, URI asked) throws IOException {
    Bounded bounded = new Bounded(in);
    try {
      XMLStreamReader xml = factory().createXMLStreamReader(bounded);
      List<Entry> entries = new ArrayList<>();
      for (Draft draft : drafts(xml)) {
        name(draft.href, asked).ifPresent(n -> entries.add(entry(n, draft)));
      }
      return entries;
    } catch (XMLStreamException e) {
      if (bounded.failure.isPresent()) {
        throw bounded.failure.get();
      }
      throw malformed("its list of files is no XML that can be read");
    }
  }

  private static Entry entry(String name, Draft draft) {
    return new Entry(name, draft.folder, draft.changed);
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, false);
    return factory;
  }

  private static List<Draft> drafts(XMLStreamReader xml) throws XMLStreamException, StoreException {
    List<Draft> drafts = new ArrayList<>();
    boolean root = false;
    int depth = 0;
    Draft draft = new Draft();
    while (xml.hasNext()) {
      int event = xml.next();
      if (event == XMLStreamConstants.DTD || event == XMLStreamConstants.ENTITY_REFERENCE) {
        throw malformed("its list of files declares entities, which no honest server does");
      }
      if (event == XMLStreamConstants.END_ELEMENT) {
        depth--;
      } else if (event == XMLStreamConstants.START_ELEMENT) {
        depth++;
        requireDepth(depth);
        root |= depth == 1 && is(xml, "multistatus");
        if (depth == 2 && is(xml, "response")) {
          draft = new Draft();
          drafts.add(draft);
        } else if (depth > 2) {
          depth -= fill(draft, xml, depth);
        }
      }
    }
    if (!root) {
      throw malformed("it does not tell what lies in a folder");
    }
    return drafts;
  }

  /** How many elements were read to their ends. */
  private static int fill(Draft draft, XMLStreamReader xml, int depth)
      throws XMLStreamException, StoreException {
    if (depth == 3 && is(xml, "href")) {
      draft.href = text(xml);
      return 1;
    }
    if (is(xml, "getlastmodified")) {
      draft.changed = Answer.instant(text(xml));
      return 1;
    }
    draft.folder |= is(xml, "collection");
    return 0;
  }

  private static String text(XMLStreamReader xml) throws XMLStreamException, StoreException {
    StringBuilder text = new StringBuilder();
    for (int event = xml.next(); event != XMLStreamConstants.END_ELEMENT; event = xml.next()) {
      if (event == XMLStreamConstants.CHARACTERS || event == XMLStreamConstants.CDATA) {
        text.append(xml.getText());
      } else if (event != XMLStreamConstants.COMMENT) {
        throw malformed("its list of files has something else where a text should be");
      }
      if (text.length() > LONGEST_TEXT) {
        throw malformed("its list of files has a name longer than any");
      }
    }
    return text.toString().strip();
  }

  private static boolean is(XMLStreamReader xml, String name) {
    return xml.getLocalName().equals(name) && DAV.equals(xml.getNamespaceURI());
  }

  private static void requireDepth(int depth) throws StoreException {
    if (depth > DEEPEST) {
      throw malformed("its list of files is nested deeper than any");
    }
  }

  /** The name below the folder; empty if it is none. */
  private static Optional<String> name(String href, URI asked) {
    String raw = href.replaceFirst("^https?://[^/]*", "");
    String folder = decoded(asked.getRawPath()).orElse("");
    String path = decoded(raw).orElse("");
    if (path.equals(folder) || (path + "/").equals(folder)) {
      return Optional.of("");
    }
    if (!path.startsWith(folder)) {
      return Optional.empty();
    }
    String below = path.substring(folder.length()).replaceFirst("/$", "");
    boolean hidden = raw.toLowerCase(java.util.Locale.ROOT).contains("%2f");
    return below.isEmpty() || below.contains("/") || hidden ? Optional.empty() : Optional.of(below);
  }

  /** Empty if it is no percent-encoding of a text. */
  private static Optional<String> decoded(String raw) {
    java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
    byte[] given = raw.getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at < given.length; at++) {
      if (given[at] != '%') {
        bytes.write(given[at]);
        continue;
      }
      int high = at + 2 < given.length ? Character.digit(given[at + 1], 16) : -1;
      int low = at + 2 < given.length ? Character.digit(given[at + 2], 16) : -1;
      if (high < 0 || low < 0) {
        return Optional.empty();
      }
      bytes.write(high << 4 | low);
      at += 2;
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes.toByteArray()))
              .toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static StoreException malformed(String why) {
    return new StoreException(Kind.PERMANENT, "the server cannot be used: " + why);
  }

  /** Ends what does not end, and keeps what a parser would make of a failure. */
  private static final class Bounded extends InputStream {
    private final InputStream in;
    private long left = LONGEST;
    private Optional<IOException> failure = Optional.empty();

    Bounded(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        int n = in.read(buffer, offset, length);
        left -= Math.max(0, n);
        if (left < 0) {
          throw malformed("its list of files does not end");
        }
        return n;
      } catch (IOException e) {
        failure = Optional.of(e);
        throw e;
      }
    }
  }
}
