package org.qrepo.publish;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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

  /** Takes a database to disk, hashed with what its signature needs. */
  static Scratch.Spooled fetchDatabase(InputStream in, String subject, Scratch scratch)
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
                            "qrepo adopt reads all of it and takes it over; nothing here is touched.")));
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
   * The generation with this database, from its own folder; empty if its database or signature is
   * not there, or does not verify.
   *
   * @throws RefusedException if its bytes are others than its name says
   */
  Optional<Generation> read(Store store, Sha256 database, Scratch scratch) throws IOException {
    return read(store, GenerationId.of(database), scratch)
        .filter(generation -> generation.digest().equals(database));
  }

  /** As {@link #read(Store, Sha256, Scratch)}, for those who know no more than the folder. */
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
   * The four parts of the live generation, each checked against the digests of its lineage or by
   * its signature. A copy that clients fetch serves where the one in the generation's folder is
   * missing or altered.
   *
   * @throws RefusedException if there is no good copy of one
   */
  Map<Part, Blob> parts(Store store, Generation generation, Scratch scratch) throws IOException {
    Map<Part, Scratch.Spooled> parts = new EnumMap<>(Part.class);
    for (Part part : Part.values()) {
      parts.put(part, part(store, generation, part, parts, scratch));
    }
    Map<Part, Blob> blobs = new EnumMap<>(Part.class);
    parts.forEach((part, copy) -> blobs.put(part, copy.blob()));
    return blobs;
  }

  private Scratch.Spooled part(
      Store store,
      Generation generation,
      Part part,
      Map<Part, Scratch.Spooled> before,
      Scratch scratch)
      throws IOException {
    StoreKey own = names.in(generation.id(), part);
    boolean found = false;
    for (StoreKey key : List.of(own, names.top(part))) {
      Optional<Scratch.Spooled> copy = spool(store, key, scratch);
      if (copy.isPresent() && isGood(generation, part, key, copy.get(), before)) {
        return copy.get();
      }
      found |= copy.isPresent();
    }
    throw altered(own, found ? "its bytes are not those that were signed" : "it is missing");
  }

  private boolean isGood(
      Generation generation,
      Part part,
      StoreKey key,
      Scratch.Spooled copy,
      Map<Part, Scratch.Spooled> before)
      throws IOException {
    return switch (part) {
      case DATABASE -> copy.digests().sha256().equals(generation.digest());
      case FILES -> copy.digests().sha256().equals(generation.lineage().files());
      case DATABASE_SIGNATURE -> isSignature(key, copy, before.get(Part.DATABASE));
      case FILES_SIGNATURE -> isSignature(key, copy, before.get(Part.FILES));
    };
  }

  private boolean isSignature(
      StoreKey key, Scratch.Spooled signature, Scratch.@Nullable Spooled signed)
      throws IOException {
    try (InputStream in = signature.blob().open()) {
      return check(key.value(), Objects.requireNonNull(signed), signatureBytes(in))
          instanceof Verifier.Verdict.Good;
    }
  }

  /**
   * The file lists of a verified generation: any copy serves whose digest the signed lineage names.
   *
   * @throws RefusedException if there is none
   */
  Scratch.Spooled files(Store store, Generation generation, Scratch scratch) throws IOException {
    Sha256 expected = generation.lineage().files();
    StoreKey own = names.in(generation.id(), Part.FILES);
    StoreKey top = names.top(Part.FILES);
    for (StoreKey key : List.of(own, top)) {
      Optional<Scratch.Spooled> copy =
          spool(store, key, scratch).filter(c -> c.digests().sha256().equals(expected));
      if (copy.isPresent()) {
        return copy.get();
      }
    }
    throw new RefusedException(
        Finding.of(
            "files-database-lost",
            own.value(),
            "the file lists of generation " + generation.id() + " are missing or altered",
            "The signed database names SHA-256 " + expected + ".",
            "Looked at " + own + " and " + top + "."));
  }

  static RefusedException altered(StoreKey key, String why) {
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
      return Optional.of(fetchDatabase(opened.stream(), key.value(), scratch));
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
