package org.qrepo.rpm;

import java.util.Map;
import java.util.Optional;

/**
 * What may stand in a signature header: for each tag its type and, where it is fixed, its length in
 * bytes. No digest covers this header, so that what is not known here is refused before signing: a
 * damaged tag number must not make a digest disappear.
 */
final class SignatureEntries {
  private record Rule(EntryType type, int length) {}

  private static final int ANY = -1;

  /** Fewer bytes hold no two numbers of the smallest key in use. */
  private static final int SHORTEST_SIGNATURE = 48;

  private static final Map<Integer, Rule> RULES =
      Map.ofEntries(
          Map.entry(RpmTag.Signature.HEADER_DSA, new Rule(EntryType.BIN, ANY)),
          Map.entry(RpmTag.Signature.HEADER_RSA, new Rule(EntryType.BIN, ANY)),
          Map.entry(RpmTag.Signature.HEADER_SHA1, new Rule(EntryType.STRING, 41)),
          Map.entry(RpmTag.Signature.LONG_SIZE, new Rule(EntryType.INT64, 8)),
          Map.entry(RpmTag.Signature.LONG_ARCHIVE_SIZE, new Rule(EntryType.INT64, 8)),
          Map.entry(RpmTag.Signature.HEADER_SHA256, new Rule(EntryType.STRING, 65)),
          Map.entry(RpmTag.Signature.FILE_SIGNATURES, new Rule(EntryType.STRING_ARRAY, ANY)),
          Map.entry(RpmTag.Signature.FILE_SIGNATURE_LENGTH, new Rule(EntryType.INT32, 4)),
          Map.entry(RpmTag.Signature.VERITY_SIGNATURES, new Rule(EntryType.STRING_ARRAY, ANY)),
          Map.entry(RpmTag.Signature.VERITY_SIGNATURE_ALGORITHM, new Rule(EntryType.INT32, 4)),
          Map.entry(RpmTag.Signature.HEADER_OPENPGP, new Rule(EntryType.STRING_ARRAY, ANY)),
          Map.entry(RpmTag.Signature.HEADER_SHA3_256, new Rule(EntryType.STRING, 65)),
          Map.entry(RpmTag.Signature.SIZE, new Rule(EntryType.INT32, 4)),
          Map.entry(RpmTag.Signature.CONTENT_RSA, new Rule(EntryType.BIN, ANY)),
          Map.entry(RpmTag.Signature.CONTENT_MD5, new Rule(EntryType.BIN, 16)),
          Map.entry(RpmTag.Signature.CONTENT_DSA, new Rule(EntryType.BIN, ANY)),
          Map.entry(RpmTag.Signature.ARCHIVE_SIZE, new Rule(EntryType.INT32, 4)),
          Map.entry(RpmTag.Signature.RESERVED_SPACE, new Rule(EntryType.BIN, ANY)));

  private SignatureEntries() {}

  static void check(RpmHeader signatures) throws MalformedRpmException {
    for (HeaderEntry entry : signatures.entries()) {
      Rule rule = RULES.get(entry.tag());
      if (rule == null) {
        throw new MalformedRpmException(
            "rpm-signature-tag",
            "the package's signature header has tag " + entry.tag() + ", which is not known here",
            "It is damaged, or of a newer rpm than this qrepo knows, and what it says of the package cannot be checked.");
      }
      if (rule.type() != entry.type()
          || (rule.length() != ANY && rule.length() != entry.length())) {
        throw malformed("has tag " + entry.tag() + " in an unusual form");
      }
    }
    checkSignatures(signatures);
    checkReserve(signatures);
    if (!signatures.has(RpmTag.Signature.HEADER_SHA256)
        && !signatures.has(RpmTag.Signature.HEADER_SHA1)) {
      throw malformed("has no digest of the header");
    }
    if (!signatures.has(RpmTag.Signature.SIZE) && !signatures.has(RpmTag.Signature.LONG_SIZE)) {
      throw malformed("does not say the package's size");
    }
  }

  /** A digest whose tag was damaged must not pass for a signature. */
  private static void checkSignatures(RpmHeader signatures) throws MalformedRpmException {
    for (HeaderEntry entry : signatures.entries()) {
      boolean signature =
          entry.type() == EntryType.BIN
              && entry.tag() != RpmTag.Signature.CONTENT_MD5
              && entry.tag() != RpmTag.Signature.RESERVED_SPACE;
      if (signature && entry.length() < SHORTEST_SIGNATURE) {
        throw malformed("has a signature of " + entry.length() + " bytes, which is none");
      }
    }
  }

  private static void checkReserve(RpmHeader signatures) throws MalformedRpmException {
    Optional<byte[]> reserve = signatures.data(RpmTag.Signature.RESERVED_SPACE);
    for (byte b : reserve.orElse(new byte[0])) {
      if (b != 0) {
        throw malformed("has reserved space that is not zero");
      }
    }
  }

  static MalformedRpmException malformed(String what) {
    return HeaderParser.malformed(HeaderKind.SIGNATURE, what);
  }
}
