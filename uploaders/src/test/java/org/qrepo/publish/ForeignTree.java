package org.qrepo.publish;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.qrepo.alpm.FileList;
import org.qrepo.alpm.PackageFile;
import org.qrepo.database.Database;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.database.DatabaseWriter;
import org.qrepo.database.DescOptions;
import org.qrepo.database.DescVersion;
import org.qrepo.database.FileLists;
import org.qrepo.database.FilesDatabaseWriter;
import org.qrepo.io.Blob;
import org.qrepo.io.Compression;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;

/**
 * A repository {@code t} as repo-add of pacman 6.0 leaves it: no lineage, entries with MD5SUM, real
 * files under its own names, and links or copies under those that clients fetch.
 */
@NullMarked
final class ForeignTree {
  private static final DescOptions OPTIONS = new DescOptions(DescVersion.V1, false);

  private final Store store;
  private final List<DatabaseEntry> entries = new ArrayList<>();
  private final Map<String, FileList> lists = new HashMap<>();
  private Compression compression = Compression.GZIP;

  ForeignTree(Store store) {
    this.store = store;
  }

  ForeignTree compression(Compression value) {
    compression = value;
    return this;
  }

  /** A package with its entry, unsigned. */
  ForeignTree add(Path file) throws IOException {
    PackageFile read = entry(file);
    store.putOnce(new StoreKey(read.fileName().value()), read.blob());
    return this;
  }

  /** The entry of a package that does not come with it. */
  PackageFile entry(Path file) throws IOException {
    PackageFile read = PackageFile.read(file, Set.of(HashAlgorithm.MD5));
    entries.removeIf(e -> e.name().equals(read.info().name()));
    entries.add(describe(read, OPTIONS, Optional.empty()));
    lists.put(read.info().name() + "-" + read.info().version(), read.files());
    return read;
  }

  /** A package with an entry that repeats a signature. */
  ForeignTree addRecorded(Path file, byte[] signature) throws IOException {
    PackageFile read = entry(file);
    entries.removeIf(e -> e.name().equals(read.info().name()));
    entries.add(describe(read, new DescOptions(DescVersion.V1, true), Optional.of(signature)));
    store.putOnce(new StoreKey(read.fileName().value()), read.blob());
    return this;
  }

  /** Puts another entry in the place of that of its name. */
  ForeignTree replace(DatabaseEntry entry) {
    entries.removeIf(e -> e.name().equals(entry.name()));
    entries.add(entry);
    return this;
  }

  private static DatabaseEntry describe(
      PackageFile file, DescOptions options, Optional<byte[]> signature) {
    return DatabaseEntry.describe(
        file.info(), file.fileName().value(), file.size(), file.digests(), signature, options);
  }

  /** A signature of a package that lies there. */
  ForeignTree sign(String file, StampKey key) throws IOException {
    byte[] bytes = Workshop.read(store, file).orElseThrow();
    put(file + ".sig", signature(key, bytes));
    return this;
  }

  static byte[] signature(StampKey key, byte[] bytes) {
    Digests digests = Digests.of(bytes, Set.of());
    return (key.certificate() + " " + digests.sha256()).getBytes(StandardCharsets.US_ASCII);
  }

  /** Writes the databases without signatures. */
  ForeignTree index() throws IOException {
    Database database = Database.of(entries);
    ByteArrayOutputStream db = new ByteArrayOutputStream();
    DatabaseWriter.write(database, Optional.empty(), compression, db);
    publish(Part.DATABASE, db.toByteArray());
    ByteArrayOutputStream files = new ByteArrayOutputStream();
    FilesDatabaseWriter.write(database, FileLists.of(lists), Optional.empty(), compression, files);
    publish(Part.FILES, files.toByteArray());
    return this;
  }

  /** Signs the databases that were written. */
  ForeignTree signDatabases(StampKey key) throws IOException {
    for (Part part : List.of(Part.DATABASE, Part.FILES)) {
      publish(part.signature(), signature(key, Workshop.read(store, top(part)).orElseThrow()));
    }
    return this;
  }

  /** Under repo-add's name, and what clients fetch as a link to it where that is possible. */
  void publish(Part part, byte[] bytes) throws IOException {
    String name = part.repoAddName(new RepositoryName("t"), ".tar" + compression.suffix());
    put(name, bytes);
    if (store.traits().links()) {
      StoreKey key = new StoreKey(top(part));
      store.swapLink(key, store.readLink(key), name);
    } else {
      put(top(part), bytes);
    }
  }

  private static String top(Part part) {
    return part.fileName(new RepositoryName("t"));
  }

  void put(String name, byte[] bytes) throws IOException {
    StoreKey key = new StoreKey(name);
    Tag now = store.stat(key).map(StoredObject::tag).orElse(Tag.ABSENT);
    store.swap(key, now, Blob.of(bytes));
  }
}
