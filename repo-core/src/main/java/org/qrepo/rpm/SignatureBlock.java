package org.qrepo.rpm;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.qrepo.RefusedException;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;

/**
 * A new signature header for a package: what the old one says of digests and sizes, other
 * signatures, and reserved space so that it is as long as the old one wherever that can be.
 *
 * @param bytes with the zeros that fill it up
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SignatureBlock(byte[] bytes) {
  /** Entries that only hold for the signatures that were there, and the space for them. */
  private static final Set<Integer> REPLACED =
      Set.of(
          RpmTag.Signature.HEADER_DSA,
          RpmTag.Signature.HEADER_RSA,
          RpmTag.Signature.HEADER_OPENPGP,
          RpmTag.Signature.CONTENT_DSA,
          RpmTag.Signature.CONTENT_RSA,
          RpmTag.Signature.RESERVED_SPACE);

  /** What rpmbuild reserves, less a signature by an RSA key of 4096 bits. */
  private static final int NEW_RESERVE = 4096;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Item(int tag, EntryType type, int count, byte[] data) {}

  public SignatureBlock {
    bytes = bytes.clone();
  }

  @Override
  public byte[] bytes() {
    return bytes.clone();
  }

  int length() {
    return bytes.length;
  }

  /**
   * A signature as it is stored.
   *
   * @param tag one of {@link RpmTag.Signature}
   * @param packet an OpenPGP signature packet
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Stored(int tag, byte[] packet) {
    public Stored {
      packet = packet.clone();
    }

    @Override
    public byte[] packet() {
      return packet.clone();
    }
  }

  /** The signature header that a package has. */
  public static SignatureBlock of(RpmFile file) {
    byte[] raw = file.signatures().raw();
    return new SignatureBlock(Arrays.copyOf(raw, RpmFile.padded(raw.length)));
  }

  /** The signature header of a package with these signatures in place of those that it has. */
  public static SignatureBlock replacing(RpmHeader old, List<Stored> signatures) {
    List<Item> items = new ArrayList<>();
    for (HeaderEntry entry : old.entries()) {
      if (!REPLACED.contains(entry.tag())) {
        items.add(new Item(entry.tag(), entry.type(), entry.count(), old.data(entry)));
      }
    }
    for (Stored one : signatures) {
      items.add(new Item(one.tag(), EntryType.BIN, one.packet().length, one.packet()));
    }
    items.sort(Comparator.comparingInt(Item::tag));
    int room = RpmFile.padded(old.size()) - size(items);
    int reserve = room - HeaderParser.ENTRY;
    if (reserve > 0) {
      items.add(reserve(reserve));
    } else if (room < 0 || room > 7) {
      items.add(reserve(NEW_RESERVE));
    }
    return new SignatureBlock(encode(items));
  }

  /** Whether it can take the place of the old signature header. */
  public boolean fits(RpmFile file) {
    return length() == RpmFile.padded(file.signatures().size());
  }

  /**
   * The package with this signature header, put together as it is read; the file stays as it is.
   * Reads it once for its digest.
   *
   * @throws RefusedException if the file changed since it was read
   */
  public Blob appliedTo(RpmFile file) throws IOException {
    Blob.Opener opener = () -> open(file);
    Digests digests;
    try (InputStream in = opener.open()) {
      digests = Digests.of(in, Set.of());
    }
    if (!file.unchanged()) {
      throw RpmRewrite.changed(file);
    }
    long size = RpmLead.LENGTH + length() + file.size() - file.contentOffset();
    return new Blob.Measured(size, digests.sha256(), opener);
  }

  private InputStream open(RpmFile file) throws IOException {
    InputStream in = Files.newInputStream(file.path());
    try {
      byte[] lead = in.readNBytes(RpmLead.LENGTH);
      in.skipNBytes(file.contentOffset() - lead.length);
      return new SequenceInputStream(
          new SequenceInputStream(new ByteArrayInputStream(lead), new ByteArrayInputStream(bytes)),
          in);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  private static Item reserve(int length) {
    return new Item(RpmTag.Signature.RESERVED_SPACE, EntryType.BIN, length, new byte[length]);
  }

  /** Without what fills it up. */
  private static int size(List<Item> items) {
    int data = 0;
    for (Item item : items) {
      data = aligned(data, item.type()) + item.data().length;
    }
    return HeaderParser.INTRO + HeaderParser.ENTRY * (items.size() + 2) + data;
  }

  private static int aligned(int offset, EntryType type) {
    int to = type.alignment();
    return (offset + to - 1) / to * to;
  }

  private static byte[] encode(List<Item> items) {
    int size = size(items);
    int count = items.size() + 1;
    int data = HeaderParser.INTRO + HeaderParser.ENTRY * count;
    ByteBuffer out = ByteBuffer.allocate(RpmFile.padded(size));
    out.put(HeaderParser.magic()).putInt(count).putInt(size - data);
    region(out, size - data - HeaderParser.ENTRY);
    int offset = 0;
    for (Item item : items) {
      offset = aligned(offset, item.type());
      out.putInt(item.tag()).putInt(item.type().number()).putInt(offset).putInt(item.count());
      out.put(data + offset, item.data());
      offset += item.data().length;
    }
    region(out.position(data + offset), -HeaderParser.ENTRY * count);
    return out.array();
  }

  private static void region(ByteBuffer out, int offset) {
    out.putInt(HeaderKind.SIGNATURE.region()).putInt(EntryType.BIN.number());
    out.putInt(offset).putInt(HeaderParser.ENTRY);
  }
}
