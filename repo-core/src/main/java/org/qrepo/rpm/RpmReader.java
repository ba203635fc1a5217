package org.qrepo.rpm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;

/** The one pass over a package that tests everything it says of itself. */
final class RpmReader {
  private final Path path;
  private final RpmFile.Stamp stamp;
  private final InputStream in;
  private final RpmFile.Wish wish;

  RpmReader(Path path, RpmFile.Stamp stamp, InputStream in, RpmFile.Wish wish) {
    this.path = path;
    this.stamp = stamp;
    this.in = in;
    this.wish = wish;
  }

  RpmFile read() throws IOException, MalformedRpmException {
    byte[] leadBytes = in.readNBytes(RpmLead.LENGTH);
    RpmLead lead = RpmLead.parse(leadBytes);
    RpmHeader signatures = HeaderParser.read(in, HeaderKind.SIGNATURE, left(0));
    SignatureEntries.check(signatures);
    byte[] padding = in.readNBytes(RpmFile.padded(signatures.size()) - signatures.size());
    for (byte b : padding) {
      if (b != 0) {
        throw SignatureEntries.malformed("is followed by bytes that are not zero");
      }
    }
    int before = signatures.size() + padding.length;
    RpmHeader header = HeaderParser.read(in, HeaderKind.MAIN, left(before));
    checkHeader(signatures, header);
    lead.checkAgainst(header);
    return readPayload(new byte[][] {leadBytes, signatures.raw(), padding}, signatures, header);
  }

  private long left(long read) {
    return stamp.size() - RpmLead.LENGTH - read;
  }

  private void checkHeader(RpmHeader signatures, RpmHeader header) throws MalformedRpmException {
    if (header.has(RpmTag.RPM_FORMAT)) {
      throw RpmLead.version(4, 0);
    }
    checkDigest(signatures, header, RpmTag.Signature.HEADER_SHA1, HashAlgorithm.SHA1);
    checkDigest(signatures, header, RpmTag.Signature.HEADER_SHA256, HashAlgorithm.SHA256);
    for (int tag :
        new int[] {RpmTag.NAME, RpmTag.VERSION, RpmTag.RELEASE, RpmTag.OS, RpmTag.ARCH}) {
      if (header.text(tag).isEmpty()) {
        throw HeaderParser.malformed(HeaderKind.MAIN, "lacks tag " + tag);
      }
    }
    long content = stamp.size() - RpmLead.LENGTH - RpmFile.padded(signatures.size());
    for (int tag : new int[] {RpmTag.Signature.SIZE, RpmTag.Signature.LONG_SIZE}) {
      OptionalLong stated = signatures.number(tag);
      if (stated.isPresent() && stated.getAsLong() != content) {
        throw size(content, stated.getAsLong());
      }
    }
  }

  private static MalformedRpmException size(long content, long stated) {
    return new MalformedRpmException(
        content < stated ? "rpm-truncated" : "rpm-size",
        "the package has " + content + " bytes after its signatures, and states " + stated,
        "Fetch or build it again. rpmcanon will say: Package is corrupt - network problem?");
  }

  private static void checkDigest(
      RpmHeader signatures, RpmHeader header, int tag, HashAlgorithm algorithm)
      throws MalformedRpmException {
    Optional<String> stated = signatures.text(tag);
    if (stated.isPresent()) {
      byte[] actual = algorithm.newDigest().digest(header.raw());
      if (!stated.get().equals(HexFormat.of().formatHex(actual))) {
        throw mismatch("the header", algorithm);
      }
    }
  }

  private RpmFile readPayload(byte[][] before, RpmHeader signatures, RpmHeader header)
      throws IOException, MalformedRpmException {
    HashAlgorithm algorithm = payloadAlgorithm(header);
    MessageDigest payload = algorithm.newDigest();
    MessageDigest md5 = HashAlgorithm.MD5.newDigest();
    md5.update(header.raw());
    Set<HashAlgorithm> wished = wish.content(signatures);
    Optional<Digests> content =
        wished.isEmpty() ? Optional.empty() : Optional.of(new Digests(wished));
    content.ifPresent(d -> update(d, header.raw()));
    Optional<Digests> whole = wish.whole() ? Optional.of(new Digests()) : Optional.empty();
    whole.ifPresent(d -> Arrays.stream(before).forEach(bytes -> update(d, bytes)));
    whole.ifPresent(d -> update(d, header.raw()));

    byte[] buffer = new byte[1 << 18];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      int length = n;
      payload.update(buffer, 0, n);
      md5.update(buffer, 0, n);
      content.ifPresent(d -> d.update(buffer, 0, length));
      whole.ifPresent(d -> d.update(buffer, 0, length));
    }

    checkPayload(header, payload.digest(), algorithm);
    Optional<byte[]> stated = signatures.data(RpmTag.Signature.CONTENT_MD5);
    if (stated.isPresent() && !Arrays.equals(stated.get(), md5.digest())) {
      throw mismatch("header and payload", HashAlgorithm.MD5);
    }
    long offset = RpmLead.LENGTH + RpmFile.padded(signatures.size()) + (long) header.size();
    new PayloadSize(signatures, header).check(() -> payloadFrom(offset));
    return new RpmFile(path, stamp, signatures, header, content, whole);
  }

  private InputStream payloadFrom(long offset) throws IOException {
    InputStream payload = Files.newInputStream(path);
    try {
      payload.skipNBytes(offset);
      return payload;
    } catch (IOException e) {
      payload.close();
      throw e;
    }
  }

  private static void update(Digests digests, byte[] bytes) {
    digests.update(bytes, 0, bytes.length);
  }

  /** Numbered as in OpenPGP. */
  private static HashAlgorithm payloadAlgorithm(RpmHeader header) throws MalformedRpmException {
    long number = header.number(RpmTag.PAYLOAD_DIGEST_ALGORITHM).orElse(0);
    boolean single =
        header.count(RpmTag.PAYLOAD_DIGEST) == 1
            && header.count(RpmTag.PAYLOAD_DIGEST_ALGORITHM) == 1;
    if (!single || number < 8 || number > 10) {
      throw new MalformedRpmException(
          "rpm-payload-undigested",
          "the header has no digest of the payload: signing the header would not cover what is installed",
          "dom0's rpmcanon refuses such packages. Build it again with rpm 4.14 or newer.");
    }
    return number == 8
        ? HashAlgorithm.SHA256
        : number == 9 ? HashAlgorithm.SHA384 : HashAlgorithm.SHA512;
  }

  private static void checkPayload(RpmHeader header, byte[] actual, HashAlgorithm algorithm)
      throws MalformedRpmException {
    byte[] stated = header.data(RpmTag.PAYLOAD_DIGEST).orElse(new byte[0]);
    byte[] expected =
        (HexFormat.of().formatHex(actual) + "\0").getBytes(StandardCharsets.US_ASCII);
    if (!Arrays.equals(stated, expected)) {
      throw mismatch("the payload", algorithm);
    }
  }

  private static MalformedRpmException mismatch(String what, HashAlgorithm algorithm) {
    return new MalformedRpmException(
        "rpm-digest",
        "the " + algorithm + " digest of " + what + " does not match: the package is damaged",
        "Fetch or build it again. rpmkeys will say: DIGESTS ... NOT OK; rpmcanon: Package is corrupt - network problem?");
  }
}
