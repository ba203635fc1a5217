package org.qrepo.sign;

import java.util.Arrays;
import java.util.Optional;

/**
 * Everything that can be wrong with a detached signature, each with what pacman prints when it
 * meets it. The sentences are those of pacman 6.0.2 with {@code SigLevel = Required}, in the C
 * locale; placeholders stand for what differs: {@code {file}} is the signed file, {@code {name}}
 * the package or repository, {@code {user}} the main user id of the key, {@code {key}} its
 * fingerprint.
 */
public enum SignatureFault {
  MISSING(
      "signature-missing",
      "there is no signature beside the file",
      Client.says("error: failed retrieving file '{file}.sig'"),
      "Sign it: qrepo sign {file}"),
  EMPTY(
      "signature-empty",
      "the signature file is empty",
      Client.says("error: GPGME error: No data"),
      "Signing failed and nobody looked. Sign again: qrepo sign {file}"),
  TOO_LARGE(
      "signature-too-large",
      "the signature file is larger than 16384 bytes",
      Client.says("error: failed retrieving file '{file}.sig'"),
      "A signature has some hundred bytes: this is something else. Sign again: qrepo sign {file}"),
  ARMORED(
      "signature-armored",
      "the signature of a package is ASCII armored, and has to be binary",
      Client.grumbles(
          "error: {name}: signature format error",
          "repo-add refuses it, and pacman cannot tell whose it is"),
      "Convert it (gpg --dearmor), or sign again: qrepo sign {file}"),
  ARMOR_LOOSE(
      "signature-armor-loose",
      "the ASCII armor of a database's signature has no end, or other text around it",
      Client.takes("gpg reads over it, other programs do not, and nobody signed the text"),
      "Copy it again, or publish again."),
  ARMOR_DAMAGED(
      "signature-armor-damaged",
      "the ASCII armor of a database's signature is damaged",
      Client.says("error: {name}: missing required signature"),
      "Copy it again, or publish again."),
  NOT_OPENPGP(
      "signature-not-openpgp",
      "the signature file holds something else, such as a web page or a key",
      Client.says("error: {name}: missing required signature"),
      "A web server's error page looks like this too. Put the signature in its place."),
  TRUNCATED(
      "signature-truncated",
      "the signature file is cut short",
      Client.says("error: GPGME error: No data"),
      "Copy it again, or sign again: qrepo sign {file}"),
  MALFORMED(
      "signature-malformed",
      "the content of the signature breaks the format",
      Client.says("error: {name}: signature from \"{user}\" is invalid"),
      "Copy it again, or sign again: qrepo sign {file}"),
  OPEN_LENGTH(
      "signature-open-length",
      "the signature packet is in pieces or does not say its length",
      Client.says("error: {name}: unsupported signature format", "error: GPGME error: No data"),
      "Sign again with gpg or qrepo: qrepo sign {file}"),
  OLD_VERSION(
      "signature-old-version",
      "the signature packet is of version 3 or older",
      Client.grumbles(
          "error: {name}: unsupported signature format",
          "it cannot tell whose signature it is, and newer gpg does not read it"),
      "Sign again with GnuPG 2 or qrepo: qrepo sign {file}"),
  VERSION(
      "signature-version",
      "the signature packet is of a version that clients do not read",
      Client.says(
          "error: {name}: unsupported signature format",
          "error: {name}: missing required signature"),
      "Sign again with a version 4 key: qrepo key generate makes one."),
  TOO_MANY(
      "signature-too-many",
      "the signature file holds more than four signatures",
      Client.takes("it looks at each of them, and so it can be kept busy"),
      "One is enough. Sign again: qrepo sign {file}"),
  SEVERAL(
      "signature-several",
      Severity.WARNING,
      "the signature file holds several signatures",
      Client.takes("every one of them is good; rpmcanon wants exactly one"),
      "One is enough. Sign again: qrepo sign --force {file}"),
  TRAILING_BYTES(
      "signature-trailing-bytes",
      "something follows the signature that is none",
      Client.says("error: {name}: missing required signature"),
      "Nobody signed that. Sign again: qrepo sign {file}"),
  TYPE(
      "signature-type",
      "the signature is not about a file: it is of a type that certifies keys, or has no meaning",
      Client.says("error: {name}: signature from \"{user}\" is invalid"),
      "Sign again with gpg or qrepo: qrepo sign {file}"),
  TEXT(
      "signature-text",
      "the signature is of the type for text, not for binary files",
      Client.grumbles(
          "error: {name}: signature format error",
          "a text signature is not over the bytes of the file: it ignores line ends"),
      "Sign again, with gpg without --textmode: qrepo sign {file}"),
  BROKEN_HASH(
      "signature-broken-hash",
      "the signature uses MD5, which anyone can forge",
      Client.says("error: {name}: signature from \"{user}\" is invalid"),
      "Sign again with SHA-256 or SHA-512: qrepo sign {file}"),
  WEAK_HASH(
      "signature-weak-hash",
      "the signature uses SHA-1 or RIPEMD-160, which can be forged with effort",
      Client.takes("rpm refuses it, and so should everybody"),
      "Sign again with SHA-256 or SHA-512: qrepo sign {file}"),
  HASH_UNSUPPORTED(
      "signature-hash-unsupported",
      "the signature uses a hash algorithm that clients do not have",
      Client.says("error: {name}: missing required signature"),
      "Sign again with SHA-256 or SHA-512: qrepo sign {file}"),
  WITHOUT_TIME(
      "signature-without-time",
      "the signature does not state when it was made",
      Client.says("error: {name}: signature from \"{user}\" is invalid"),
      "Sign again with gpg or qrepo: qrepo sign {file}"),
  ISSUER_MISSING(
      "signature-issuer-missing",
      "the signature does not name its issuer by key id",
      Client.takes("it cannot fetch the key if it is missing, and old rpm shows key 0"),
      "Sign again with gpg or qrepo: qrepo sign {file}"),
  ISSUER_UNHASHED(
      "signature-issuer-unhashed",
      Severity.WARNING,
      "the issuer is named only in the part of the signature that is not signed",
      Client.takes("gpg 2.1.16 and later name it in the signed part too"),
      "Sign again with a current gpg or qrepo: qrepo sign --force {file}"),
  ISSUER_MISMATCH(
      "signature-issuer-mismatch",
      "the key id and the fingerprint in the signature belong to different keys",
      Client.saysOfPackages(
          "error: required key missing from keyring",
          "clients disagree on which of the keys to take"),
      "Sign again with gpg or qrepo: qrepo sign {file}"),
  CRITICAL_SUBPACKET(
      "signature-critical-subpacket",
      "the signature demands that something is understood which clients do not know",
      Client.says("error: {name}: signature from \"{user}\" is invalid"),
      "Sign again without critical notations or private subpackets: qrepo sign {file}"),
  LEADING_OCTETS(
      "signature-leading-octets",
      "the first two octets of the digest, which the signature repeats in clear, were changed",
      Client.takes("gpg does not compare them, other programs do"),
      "Copy it again, or sign again: qrepo sign {file}"),
  BAD(
      "signature-bad",
      "the signature is not over these bytes",
      Client.says("error: {name}: signature from \"{user}\" is invalid"),
      "The file or its signature was changed, or they do not belong together. Copy both again, or"
          + " sign the file again if you trust it: qrepo sign {file}"),
  FROM_FUTURE(
      "signature-from-future",
      "the signature says it was made at a time that is still to come",
      Client.takes("rpmcanon refuses it, and a clock is wrong somewhere"),
      "Set the clock, here or where it was signed, and sign again: qrepo sign {file}"),
  EXPIRED(
      "signature-expired",
      "the signature has expired",
      Client.says("error: {name}: signature from \"{user}\" is expired"),
      "Sign again, without an expiry: packages stay where they are for years."),
  KEY_UNKNOWN(
      "key-unknown",
      "the key that made the signature is not in the keyring",
      Client.says(
          "error: required key missing from keyring", "error: {name}: key \"{key}\" is unknown"),
      "If you trust it, add its certificate and its full fingerprint (--trust); else sign again."),
  KEY_NOT_ALLOWED(
      "key-not-allowed",
      "the key is in the keyring, but its signatures are not accepted here",
      Client.says("error: {name}: signature from \"{user}\" is unknown trust"),
      "If they should be, add its full fingerprint to the trusted ones; else sign again."),
  KEY_DISABLED(
      "key-disabled",
      "the key stands in the -revoked file of a pacman keyring",
      Client.says("error: {name}: key \"{user}\" is disabled"),
      "Its publisher has withdrawn it. Sign again with the key that has taken its place."),
  KEY_REVOKED(
      "key-revoked",
      "the key was revoked",
      Client.says("error: {name}: signature from \"{user}\" is invalid"),
      "Clients that know of it refuse every signature of this key, old ones too. Sign again with"
          + " another key."),
  KEY_EXPIRED(
      "key-expired",
      "the key has expired",
      Client.says("error: {name}: signature from \"{user}\" is unknown trust"),
      "Extend it (gpg --quick-set-expire {key} 2y), export it again, and ship the new certificate"
          + " to clients."),
  KEY_EXPIRED_AT_SIGNING(
      "key-expired-at-signing",
      "the key had expired before the signature was made",
      Client.says("error: {name}: signature from \"{user}\" is unknown trust"),
      "Extend it (gpg --quick-set-expire {key} 2y), export it again, and ship the new certificate"
          + " to clients."),
  KEY_EXPIRES_SOON(
      "key-expires-soon",
      Severity.WARNING,
      "the key expires within 60 days",
      Client.takes("from that day on it refuses every signature of the key, old ones too"),
      "Extend it (gpg --quick-set-expire {key} 2y), and ship the new certificate before that day."),
  KEY_NEWER(
      "key-newer-than-signature",
      "the key was made after the signature",
      Client.says("error: {name}: signature from \"{user}\" is invalid"),
      "A clock was wrong. Sign again: qrepo sign {file}"),
  KEY_WEAK(
      "key-weak",
      "the key is an RSA key of less than 2048 bits",
      Client.takes("rpm refuses it, and it can be broken"),
      "Make a new key, RSA 2048 at least or ed25519: qrepo key generate"),
  KEY_UNSUPPORTED(
      "key-unsupported",
      "the key is of a kind that is not verified here",
      Client.takes("its gpg has the algorithm; rpmcanon has not"),
      "Use an RSA (2048 to 4096 bits), ed25519 or NIST curve key."),
  KEY_NOT_BOUND(
      "key-not-bound",
      "no valid signature of its owner makes the key part of the certificate",
      Client.says(
          "error: required key missing from keyring", "error: {name}: key \"{key}\" is unknown"),
      "Clients do not see this key. Export the certificate again where it was made."),
  KEY_NOT_CROSS_CERTIFIED(
      "key-not-cross-certified",
      "a signing subkey lacks its own signature on its binding: anyone could have adopted it",
      Client.says("error: {name}: signature from \"{user}\" is invalid"),
      "Repair it: gpg --edit-key {key} cross-certify save"),
  KEY_NOT_SIGNING(
      "key-not-signing",
      "the key is not meant for signing",
      Client.says("error: {name}: signature from \"{user}\" is invalid"),
      "Add a signing subkey: gpg --quick-add-key {key} ed25519 sign"),
  ORPHAN(
      "signature-orphan",
      Severity.WARNING,
      "the file that the signature is for is not there",
      Client.takes("no client asks for it"),
      "Delete it, or bring the file back.");

  /** What a fault means for whoever relies on the file. */
  public enum Severity {
    /** The signature must not be relied upon. */
    ERROR,
    /** It is good, and something about it will cause trouble or should be known. */
    WARNING;

    /** As scripts read it. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  private final String id;
  private final Severity severity;
  private final String meaning;
  private final Optional<String> packageLine;
  private final boolean packageTaken;
  private final Optional<String> databaseLine;
  private final boolean databaseTaken;
  private final Optional<String> why;
  private final String remedy;

  SignatureFault(String id, String meaning, Client client, String remedy) {
    this(id, Severity.ERROR, meaning, client, remedy);
  }

  SignatureFault(String id, Severity severity, String meaning, Client client, String remedy) {
    this.id = id;
    this.severity = severity;
    this.meaning = meaning;
    this.packageLine = client.ofPackage().line();
    this.packageTaken = client.ofPackage().taken();
    this.databaseLine = client.ofDatabase().line();
    this.databaseTaken = client.ofDatabase().taken();
    this.why = client.why();
    this.remedy = remedy;
  }

  /** The stable name for scripts: {@code signature-empty}. */
  public String id() {
    return id;
  }

  public Severity severity() {
    return severity;
  }

  /** What is wrong, in general: one line, lower case, no full stop. */
  public String meaning() {
    return meaning;
  }

  /** What pacman does with such a package. */
  public Reaction ofPackage() {
    return new Reaction(packageLine, packageTaken);
  }

  /** What pacman does with such a database. */
  public Reaction ofDatabase() {
    return new Reaction(databaseLine, databaseTaken);
  }

  /** Why qrepo minds where pacman does not; empty if pacman refuses it everywhere. */
  public Optional<String> why() {
    return why;
  }

  /** What to do, with placeholders. */
  public String remedy() {
    return remedy;
  }

  /** The fault of this id. */
  public static Optional<SignatureFault> ofId(String id) {
    return Arrays.stream(values()).filter(f -> f.id.equals(id)).findFirst();
  }

  /**
   * What pacman does.
   *
   * @param line what it prints, with placeholders; empty if it is silent
   * @param taken whether it goes on and uses the file
   */
  public record Reaction(Optional<String> line, boolean taken) {
    static final Reaction SILENT = new Reaction(Optional.empty(), true);

    static Reaction refusal(String line) {
      return new Reaction(Optional.of(line), false);
    }
  }

  private record Client(Reaction ofPackage, Reaction ofDatabase, Optional<String> why) {
    static Client says(String line) {
      return says(line, line);
    }

    static Client says(String ofPackage, String ofDatabase) {
      return new Client(
          Reaction.refusal(ofPackage), Reaction.refusal(ofDatabase), Optional.empty());
    }

    /** It takes both without a word. */
    static Client takes(String why) {
      return new Client(Reaction.SILENT, Reaction.SILENT, Optional.of(why));
    }

    /** It prints a line about packages and takes them, and takes databases without a word. */
    static Client grumbles(String ofPackage, String why) {
      return new Client(
          new Reaction(Optional.of(ofPackage), true), Reaction.SILENT, Optional.of(why));
    }

    /** It refuses packages, and takes databases without a word. */
    static Client saysOfPackages(String line, String why) {
      return new Client(Reaction.refusal(line), Reaction.SILENT, Optional.of(why));
    }
  }
}
