package org.qrepo.publish;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.alpm.FileList;
import org.qrepo.alpm.PackageName;
import org.qrepo.database.Database;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.database.DatabaseReader;
import org.qrepo.database.DatabaseWriter;
import org.qrepo.database.FileLists;
import org.qrepo.database.FilesBase;
import org.qrepo.database.FilesDatabaseReader;
import org.qrepo.database.FilesDatabaseWriter;
import org.qrepo.database.Lineage;
import org.qrepo.database.ReadLimits;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;

/**
 * Makes the next generation on local disk: both databases, their signatures, and proof that they
 * read back.
 */
final class GenerationBuilder {
  private final RepositorySpec spec;
  private final Store store;
  private final Signer signer;
  private final InstantSource clock;
  private final Names names;
  private final GenerationReader reader;

  GenerationBuilder(
      RepositorySpec spec, Store store, Verifier verifier, Signer signer, InstantSource clock) {
    this.reader = new GenerationReader(spec.name(), verifier);
    this.spec = spec;
    this.store = store;
    this.signer = signer;
    this.clock = clock;
    this.names = new Names(spec.name());
  }

  /**
   * @param signatures of the packages that enter, by their name in the store
   */
  BuiltGeneration build(Draft draft, Map<StoreKey, byte[]> signatures, Scratch scratch)
      throws IOException {
    Database next = next(draft, signatures);
    Scratch.Spooled files = writeFiles(draft, next, scratch);
    Instant time = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Lineage lineage =
        new Lineage(
            spec.name().value(),
            draft.plan().nextSequence(),
            draft.plan().base().map(Plan.Base::database),
            files.digests().sha256(),
            time);
    Scratch.Spooled database = writeDatabase(next, lineage, scratch);
    readBack(next, lineage, database, files);

    Map<Part, Blob> parts = new EnumMap<>(Part.class);
    parts.put(Part.DATABASE, database.blob());
    parts.put(Part.DATABASE_SIGNATURE, sign(Part.DATABASE, database));
    parts.put(Part.FILES, files.blob());
    parts.put(Part.FILES_SIGNATURE, sign(Part.FILES, files));
    GenerationId id = GenerationId.of(database.digests().sha256());
    Blob note =
        Blob.of(
            GenerationNote.json(
                id, lineage, database.digests().sha256(), next.size(), draft.plan().changes()));
    return new BuiltGeneration(id, lineage.seq(), next, parts, note);
  }

  private Database next(Draft draft, Map<StoreKey, byte[]> signatures) {
    Map<PackageName, DatabaseEntry> entries = new HashMap<>();
    draft.kept().entries().forEach(e -> entries.put(e.name(), e));
    for (Renewal renewal : draft.renewals()) {
      Optional.ofNullable(signatures.get(renewal.file()))
          .map(renewal.entry()::withSignature)
          .ifPresent(e -> entries.put(e.name(), e));
    }
    for (Item item : draft.entering()) {
      ReadPackage read = item.read();
      entries.put(
          read.info().name(),
          DatabaseEntry.describe(
              read.info(),
              item.file().value(),
              read.blob().size(),
              read.digests(),
              Optional.ofNullable(signatures.get(item.file())),
              spec.desc()));
    }
    return Database.of(entries.values());
  }

  private Scratch.Spooled writeFiles(Draft draft, Database next, Scratch scratch)
      throws IOException {
    Map<String, FileList> fresh = new HashMap<>();
    for (Item item : draft.entering()) {
      item.read().files().ifPresent(list -> fresh.put(item.read().directory(), list));
    }
    FileLists own = FileLists.of(fresh);
    FileLists lists =
        entry -> own.of(entry).isPresent() ? own.of(entry) : draft.kept().lists().of(entry);
    Optional<Scratch.Spooled> base =
        draft.kept().base().isPresent()
            ? Optional.of(reader.files(store, draft.kept().base().get(), scratch))
            : Optional.empty();
    return write(
        scratch,
        out ->
            FilesDatabaseWriter.write(
                next, lists, base.map(this::filesBase), spec.compression(), out));
  }

  private FilesBase filesBase(Scratch.Spooled spooled) {
    return new FilesBase(names.top(Part.FILES).value(), spooled.blob()::open);
  }

  private Scratch.Spooled writeDatabase(Database next, Lineage lineage, Scratch scratch)
      throws IOException {
    return write(
        scratch, out -> DatabaseWriter.write(next, Optional.of(lineage), spec.compression(), out));
  }

  /** Writes an archive to a stream. */
  @FunctionalInterface
  private interface Writing {
    void to(OutputStream out) throws IOException;
  }

  private static Scratch.Spooled write(Scratch scratch, Writing writing) throws IOException {
    Path file = scratch.newFile();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      writing.to(out);
    }
    try (InputStream in = Files.newInputStream(file)) {
      return new Scratch.Spooled(file, Files.size(file), Digests.of(in, Set.of()));
    }
  }

  private void readBack(
      Database next, Lineage lineage, Scratch.Spooled database, Scratch.Spooled files)
      throws IOException {
    String subject = names.top(Part.DATABASE).value();
    DatabaseReader.Contents read =
        DatabaseReader.read(database.blob()::open, subject, ReadLimits.database());
    if (!read.database().equals(next) || !read.lineage().equals(Optional.of(lineage))) {
      throw new IllegalStateException(subject + " does not read back as it was written");
    }
    if (database.size() > GenerationReader.MAX_DATABASE
        || files.size() > GenerationReader.MAX_DATABASE) {
      throw new RefusedException(
          Finding.of(
              "database-too-large",
              subject,
              "the database would be larger than 128 MiB, which pacman refuses to download"));
    }
    FilesDatabaseReader.check(
        files.blob()::open, names.top(Part.FILES).value(), ReadLimits.files(), next);
  }

  private Blob sign(Part part, Scratch.Spooled spooled) {
    return Blob.of(
        signer.sign(
            new Signable() {
              @Override
              public String name() {
                return names.top(part).value();
              }

              @Override
              public Digests digests() {
                return spooled.digests();
              }

              @Override
              public InputStream open() throws IOException {
                return Files.newInputStream(spooled.file());
              }
            }));
  }
}
