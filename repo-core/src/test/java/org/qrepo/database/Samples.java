package org.qrepo.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.qrepo.alpm.FileList;
import org.qrepo.alpm.PackageInfo;
import org.qrepo.io.Compression;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.io.Sha256;

/** Entries and databases for tests, the same for the same names. */
final class Samples {
  static final long BUILD_DATE = 1_700_000_000L;

  private Samples() {}

  static Lineage lineage() {
    return new Lineage(
        "sample",
        7,
        Optional.of(sha256("parent")),
        sha256("files"),
        Instant.parse("2026-11-21T10:20:30Z"));
  }

  static Sha256 sha256(String content) {
    return Digests.of(content.getBytes(UTF_8), Set.of()).sha256();
  }

  /** The entry of a package whose metadata have these lines after the usual ones. */
  static DatabaseEntry entry(String name, String version, String... lines) {
    return describe(name, version, DescOptions.DEFAULT, Optional.empty(), lines);
  }

  static DatabaseEntry describe(
      String name,
      String version,
      DescOptions options,
      Optional<byte[]> signature,
      String... lines) {
    byte[] file = (name + version).getBytes(UTF_8);
    Digests digests = Digests.of(file, Set.of(HashAlgorithm.MD5));
    String fileName = name + "-" + version + "-any.pkg.tar.zst";
    return DatabaseEntry.describe(
        info(name, version, lines), fileName, file.length, digests, signature, options);
  }

  static PackageInfo info(String name, String version, String... lines) {
    List<String> all =
        List.of(
            "pkgname = " + name,
            "pkgbase = " + name,
            "pkgver = " + version,
            "pkgdesc = The package " + name,
            "builddate = " + BUILD_DATE,
            "size = 4096",
            "arch = any");
    String text = String.join("\n", all) + "\n" + String.join("\n", lines) + "\n";
    return PackageInfo.parse(".PKGINFO", text.getBytes(UTF_8));
  }

  /** Three packages. */
  static Database database() {
    return Database.of(
        List.of(
            entry("alpha", "1.0-1", "depend = beta>=2", "group = letters"),
            entry("beta", "2:2.1-3", "license = MIT"),
            entry("libq++", "0.1.r3.gabcdef-1", "provides = libq++.so=1-64")));
  }

  static FileList files(String... paths) {
    String lines = Arrays.stream(paths).map(p -> p + "\n").reduce("", String::concat);
    return FileList.ofStored(("%FILES%\n" + lines).getBytes(UTF_8));
  }

  /** A list for each entry, which tells the entry's name. */
  static FileLists filesOf(Database database) {
    Map<String, FileList> lists = new java.util.HashMap<>();
    database.entries().forEach(e -> lists.put(e.directory(), fileList(e)));
    return FileLists.of(lists);
  }

  static FileList fileList(DatabaseEntry entry) {
    return files("usr/", "usr/share/", "usr/share/" + entry.directory());
  }

  static byte[] write(Database database, Optional<Lineage> lineage, Compression compression) {
    return bytes(out -> DatabaseWriter.write(database, lineage, compression, out));
  }

  static DatabaseReader.Contents read(byte[] bytes) {
    return read(bytes, ReadLimits.database());
  }

  static DatabaseReader.Contents read(byte[] bytes, ReadLimits limits) {
    try {
      return DatabaseReader.read(
          () -> new java.io.ByteArrayInputStream(bytes), "sample.db", limits);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is written into a stream. */
  static byte[] bytes(Writing writing) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      writing.to(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Writes something. */
  @FunctionalInterface
  interface Writing {
    void to(ByteArrayOutputStream out) throws IOException;
  }
}
