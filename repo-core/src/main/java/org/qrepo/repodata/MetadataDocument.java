package org.qrepo.repodata;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qrepo.io.Blob;
import org.qrepo.io.Compression;
import org.qrepo.io.Digests;

/**
 * One of the three documents, compressed: a head, then package after package, then a tail. The same
 * packages give the same bytes.
 *
 * @param kind which
 * @param blob its compressed bytes
 * @param stated what the index says of them
 */
public record MetadataDocument(MetadataKind kind, Blob blob, Repomd.Stated stated) {
  /** The longest document that is read, in bytes as they are served. */
  public static final int MOST_PACKED = 16 << 20;

  /** The longest document that is read or written, in bytes unpacked. */
  static final int MOST = 64 << 20;

  private static final String OPEN = "<package ";
  private static final String CLOSE = "</package>\n";
  private static final Pattern COUNT = Pattern.compile(" packages=\"([0-9]{1,9})\">");

  static MetadataDocument write(MetadataKind kind, List<RpmEntry> entries) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    Digests open = new Digests();
    long size = 0;
    try (OutputStream out = Compression.GZIP.encode(packed)) {
      size += write(out, open, kind.head(entries.size()));
      for (RpmEntry entry : entries) {
        size += write(out, open, entry.fragments().of(kind));
        if (size > MOST) {
          throw EntryReader.malformed(
              kind.name(), "with this package it would have more than 64 MiB");
        }
      }
      size += write(out, open, kind.tail());
    }
    Blob blob = Blob.of(packed.toByteArray());
    return new MetadataDocument(
        kind, blob, new Repomd.Stated(blob.sha256(), open.sha256(), blob.size(), size));
  }

  private static int write(OutputStream out, Digests digests, String piece) throws IOException {
    byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
    digests.update(bytes, 0, bytes.length);
    out.write(bytes);
    return bytes.length;
  }

  /** Where it lies below the repository. */
  public String location() {
    return kind.location(stated.checksum());
  }

  /**
   * What it says of each package, as it stands there.
   *
   * @param packed the compressed bytes
   * @param stated what the signed index says of them
   * @throws org.qrepo.RefusedException if it is not what was signed, or not what qrepo writes
   */
  static List<String> read(MetadataKind kind, byte[] packed, Repomd.Stated stated)
      throws IOException {
    String subject = kind.location(stated.checksum());
    if (!Digests.of(packed, Set.of()).sha256().equals(stated.checksum())) {
      throw EntryReader.malformed(subject, "its bytes are not those that were signed");
    }
    return split(kind, unpack(subject, packed), subject);
  }

  private static String unpack(String subject, byte[] packed) throws IOException {
    try (InputStream in = Compression.GZIP.decode(new java.io.ByteArrayInputStream(packed))) {
      byte[] bytes = in.readNBytes(MOST + 1);
      if (bytes.length > MOST) {
        throw EntryReader.malformed(subject, "it has more than 64 MiB unpacked");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (org.qrepo.io.CompressionException | CharacterCodingException e) {
      throw EntryReader.malformed(subject, "it cannot be unpacked");
    }
  }

  /** Text never has a bare {@code <}, and comments and the like are refused where one is parsed. */
  private static List<String> split(MetadataKind kind, String document, String subject) {
    Matcher count = COUNT.matcher(document);
    int start = document.indexOf('\n', Xml.DECLARATION.length()) + 1;
    boolean counted = count.find() && count.end() < start;
    int packages = counted ? Integer.parseInt(count.group(1)) : -1;
    if (packages < 0 || !document.startsWith(kind.head(packages))) {
      throw EntryReader.malformed(subject, "it begins otherwise");
    }
    List<String> fragments = new ArrayList<>();
    int at = start;
    while (document.startsWith(OPEN, at)) {
      int end = document.indexOf(CLOSE, at);
      if (end < 0) {
        throw EntryReader.malformed(subject, "a package has no end");
      }
      fragments.add(document.substring(at, end + CLOSE.length()));
      at = end + CLOSE.length();
    }
    if (!document.substring(at).equals(kind.tail()) || fragments.size() != packages) {
      throw EntryReader.malformed(subject, "it ends otherwise, or holds other than it states");
    }
    return fragments;
  }
}
