package org.qrepo.rpm;

import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import org.qrepo.io.HashAlgorithm;

/** Reads and tests what stands before the payload of a package: lead and headers. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Front(byte[] lead, byte[] padding, RpmHeaders headers) {
  static Front read(InputStream in, long size) throws IOException, MalformedRpmException {
    byte[] leadBytes = in.readNBytes(RpmLead.LENGTH);
    RpmLead lead = RpmLead.parse(leadBytes);
    long left = size - RpmLead.LENGTH;
    RpmHeader signatures = HeaderParser.read(in, HeaderKind.SIGNATURE, left);
    SignatureEntries.check(signatures);
    byte[] padding = in.readNBytes(RpmFile.padded(signatures.size()) - signatures.size());
    for (byte b : padding) {
      if (b != 0) {
        throw SignatureEntries.malformed("is followed by bytes that are not zero");
      }
    }
    left -= RpmFile.padded(signatures.size());
    RpmHeader header = HeaderParser.read(in, HeaderKind.MAIN, left);
    checkHeader(signatures, header);
    checkSize(signatures, left);
    lead.checkAgainst(header);
    return new Front(leadBytes, padding, new RpmHeaders(signatures, header));
  }

  private static void checkHeader(RpmHeader signatures, RpmHeader header)
      throws MalformedRpmException {
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

  private static void checkSize(RpmHeader signatures, long actual) throws MalformedRpmException {
    for (int tag : new int[] {RpmTag.Signature.SIZE, RpmTag.Signature.LONG_SIZE}) {
      OptionalLong stated = signatures.number(tag);
      if (stated.isPresent() && stated.getAsLong() != actual) {
        throw new MalformedRpmException(
            actual < stated.getAsLong() ? "rpm-truncated" : "rpm-size",
            "the package has %d bytes after its signatures, and states %d"
                .formatted(actual, stated.getAsLong()),
            "Fetch or build it again. rpmcanon will say: Package is corrupt - network problem?");
      }
    }
  }

  static MalformedRpmException mismatch(String what, HashAlgorithm algorithm) {
    return new MalformedRpmException(
        "rpm-digest",
        "the " + algorithm + " digest of " + what + " does not match: the package is damaged",
        "Fetch or build it again. rpmkeys will say: DIGESTS ... NOT OK; rpmcanon: Package is corrupt - network problem?");
  }
}
