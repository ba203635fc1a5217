package org.qrepo.publish;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.database.DatabaseReader;
import org.qrepo.database.Lineage;
import org.qrepo.database.ReadLimits;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;

/**
 * Reads databases and generations, and lets through only what verifies: the signature by an allowed
 * key, the lineage of this repository, the digest in the generation's name.
 */
final class GenerationReader {
  /** The longest database that pacman downloads. */
  static final long MAX_DATABASE = 128L << 20;

  private final RepositoryName repository;
  private final Names names;
  private final Verifier verifier;

  GenerationReader(RepositoryName repository, Verifier verifier) {
    this.repository = repository;
    this.names = new Names(repository);
    this.verifier = verifier;
  }

  /** Fetches a database to disk, hashed with what its signature needs. */
  Scratch.Spooled fetchDatabase(InputStream in, String subject, Scratch scratch)
      throws IOException {
    return fetch(in, subject, scratch);
  }

  private static Scratch.Spooled fetch(InputStream in, String subject, Scratch scratch)
      throws IOException {
    try {
      return scratch.spool(in, MAX_DATABASE);
    } catch (Scratch.TooLargeException e) {
      throw new RefusedException(
          Finding.of(
              "database-too-large",
              subject,
              "the database is larger than 128 MiB, which pacman refuses to download"));
    }
  }

  /**
   * Reads a signature; longer ones are cut at one byte over the limit, which the verifier refuses.
   */
  static byte[] signatureBytes(InputStream in) throws IOException {
    return in.readNBytes(Verifier.MAX_SIGNATURE + 1);
  }

  /** Whether it is what servers and proxies send in place of a file, with the status of success. */
  static boolean isWebPage(Scratch.Spooled database) throws IOException {
    try (InputStream in = database.blob().open()) {
      String start = new String(in.readNBytes(512), StandardCharsets.ISO_8859_1);
      return start.stripLeading().startsWith("<");
    }
  }

  Verifier.Verdict check(String subject, Scratch.Spooled database, byte[] signature)
      throws IOException {
    Digests digests = database.digests();
    if (!verifier.algorithms(signature).stream().allMatch(digests::has)) {
      try (InputStream in = database.blob().open()) {
        digests = Digests.of(in, verifier.algorithms(signature));
      }
    }
    return verifier.verify(subject, signature, digests, Verifier.Form.BINARY_OR_ARMORED);
  }

  /** The generation in a database that has been verified. */
  Generation parse(String subject, Scratch.Spooled database, Fingerprint signer)
      throws IOException {
    DatabaseReader.Contents contents =
        DatabaseReader.read(database.blob()::open, subject, ReadLimits.database());
    Lineage lineage =
        contents
            .lineage()
            .orElseThrow(
                () ->
                    new RefusedException(
                        Finding.of(
                            "database-without-lineage",
                            subject,
                            "this database was not made by qrepo",
                            "It has no lineage, so qrepo cannot tell whether it is the newest.",
                            "Publish into an empty directory instead; nothing here is touched.")));
    if (!lineage.repository().equals(repository.value())) {
      throw new RefusedException(
          Finding.of(
              "database-of-other-repository",
              subject,
              "this is the database of repository '" + lineage.repository() + "'",
              "Expected: '" + repository + "'. Somebody may have put it there under this name."));
    }
    return new Generation(
        database.digests().sha256(), database.size(), lineage, contents.database(), signer);
  }

  /**
   * A generation from its own folder; empty if its database or signature is not there, or does not
   * verify.
   *
   * @throws RefusedException if its bytes are others than its name says
   */
  Optional<Generation> read(Store store, GenerationId id, Scratch scratch) throws IOException {
    StoreKey key = names.in(id, Part.DATABASE);
    Optional<Scratch.Spooled> database = spool(store, key, scratch);
    Optional<byte[]> signature = signature(store, names.in(id, Part.DATABASE_SIGNATURE));
    if (database.isEmpty() || signature.isEmpty()) {
      return Optional.empty();
    }
    String subject = key.value();
    if (!GenerationId.of(database.get().digests().sha256()).equals(id)) {
      throw altered(key, "its bytes are not those that its name says");
    }
    Verifier.Verdict verdict = check(subject, database.get(), signature.get());
    if (verdict instanceof Verifier.Verdict.Good good) {
      return Optional.of(parse(subject, database.get(), good.certificate()));
    }
    return Optional.empty();
  }

  /**
   * The four parts of a verified generation from its folder, each checked again: against the
   * digests of the lineage and by its signature.
   *
   * @throws RefusedException if one is missing or altered
   */
  Map<Part, Blob> parts(Store store, Generation generation, Scratch scratch) throws IOException {
    Map<Part, Scratch.Spooled> spooled = new EnumMap<>(Part.class);
    for (Part part : Part.values()) {
      StoreKey key = names.in(generation.id(), part);
      spooled.put(
          part, spool(store, key, scratch).orElseThrow(() -> altered(key, "it is missing")));
    }
    requireDigest(generation, Part.DATABASE, generation.digest(), spooled);
    requireDigest(generation, Part.FILES, generation.lineage().files(), spooled);
    requireSignature(generation, Part.DATABASE, Part.DATABASE_SIGNATURE, spooled);
    requireSignature(generation, Part.FILES, Part.FILES_SIGNATURE, spooled);
    Map<Part, Blob> parts = new EnumMap<>(Part.class);
    spooled.forEach((part, copy) -> parts.put(part, copy.blob()));
    return parts;
  }

  private void requireDigest(
      Generation generation, Part part, Sha256 digest, Map<Part, Scratch.Spooled> spooled) {
    if (!get(spooled, part).digests().sha256().equals(digest)) {
      throw altered(
          names.in(generation.id(), part),
          "its bytes are not those that the signed database names");
    }
  }

  private void requireSignature(
      Generation generation, Part signed, Part signature, Map<Part, Scratch.Spooled> spooled)
      throws IOException {
    String subject = names.in(generation.id(), signature).value();
    try (InputStream in = get(spooled, signature).blob().open()) {
      if (check(subject, get(spooled, signed), signatureBytes(in))
          instanceof Verifier.Verdict.Bad bad) {
        throw new RefusedException(bad.finding());
      }
    }
  }

  private static Scratch.Spooled get(Map<Part, Scratch.Spooled> spooled, Part part) {
    return Objects.requireNonNull(spooled.get(part));
  }

  private static RefusedException altered(StoreKey key, String why) {
    return new RefusedException(
        Finding.of(
            "generation-altered",
            key.value(),
            why,
            "A generation never changes: somebody or something damaged it."));
  }

  static Optional<Scratch.Spooled> spool(Store store, StoreKey key, Scratch scratch)
      throws IOException {
    try (Store.Opened opened = store.open(key)) {
      return Optional.of(fetch(opened.stream(), key.value(), scratch));
    } catch (StoreException e) {
      return absent(e);
    }
  }

  static Optional<byte[]> signature(Store store, StoreKey key) throws IOException {
    try (Store.Opened opened = store.open(key)) {
      return Optional.of(signatureBytes(opened.stream()));
    } catch (StoreException e) {
      return absent(e);
    }
  }

  private static <T> Optional<T> absent(StoreException e) throws StoreException {
    if (e.kind() == StoreException.Kind.ABSENT) {
      return Optional.empty();
    }
    throw e;
  }
}
