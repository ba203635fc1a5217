package org.qrepo.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.alpm.FileList;
import org.qrepo.alpm.PackageFile;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.io.Compression;
import org.qrepo.io.HashAlgorithm;

/** What repo-add makes of the same packages, and of databases that were written here. */
class RepoAddTest {
  private static final DescOptions ALL = new DescOptions(DescVersion.V1, true);

  @TempDir private Path repository;
  private final Map<String, FileList> lists = new HashMap<>();

  @BeforeEach
  void requireRepoAdd() {
    Program.require("repo-add", "bsdtar");
  }

  @Test
  void describesPackagesAsRepoAddDoes() throws Exception {
    List<Path> packages = samples();
    for (Path file : packages) {
      if (file.toString().contains("plain")) {
        continue;
      }
      Files.write(Path.of(file + ".sig"), ("signature of " + file.getFileName()).getBytes(UTF_8));
    }
    repoAdd("theirs", packages);

    Database described = Database.of(describe(packages, ALL));

    assertThat(DatabaseReader.read(theirs("db"), ReadLimits.database()).database().entries())
        .extracting(e -> new String(e.desc(), UTF_8))
        .containsExactlyElementsOf(
            described.entries().stream().map(e -> new String(e.desc(), UTF_8)).toList());
    assertThat(Archives.files(files(described)))
        .isEqualTo(Archives.files(Files.readAllBytes(theirs("files"))));
  }

  @Test
  void leavesOutByDefaultWhatRepoAddNoLongerWrites() throws Exception {
    List<Path> packages = samples();
    repoAdd("theirs", packages);
    SortedMap<String, String> expected = new TreeMap<>();
    Archives.files(Files.readAllBytes(theirs("db")))
        .forEach((p, c) -> expected.put(p, c.replaceFirst("%MD5SUM%\n.*\n\n", "")));

    Database described = Database.of(describe(packages, DescOptions.DEFAULT));

    assertThat(Archives.files(Samples.write(described, Optional.empty(), Compression.GZIP)))
        .isEqualTo(expected);
  }

  @Test
  void repoAddGoesOnWhereQrepoStopped() throws Exception {
    List<Path> packages = samples();
    Path last = packages.get(packages.size() - 1);
    Database ours = Database.of(describe(packages.subList(0, packages.size() - 1), ALL));
    try (OutputStream db = Files.newOutputStream(theirs("db"));
        OutputStream files = Files.newOutputStream(theirs("files"))) {
      DatabaseWriter.write(ours, Optional.of(Samples.lineage()), Compression.GZIP, db);
      files.write(files(ours));
    }

    repoAdd("theirs", List.of(last));

    Database both = ours.with(describe(List.of(last), ALL));
    assertThat(DatabaseReader.read(theirs("db"), ReadLimits.database()).database()).isEqualTo(both);
    FilesDatabaseReader.check(
        () -> Files.newInputStream(theirs("files")), "theirs.files", ReadLimits.files(), both);
  }

  @Test
  void repoAddTakesAnEmptyDatabaseWithLineage() throws Exception {
    List<Path> packages = samples().subList(0, 1);
    try (OutputStream db = Files.newOutputStream(theirs("db"))) {
      DatabaseWriter.write(Database.empty(), Optional.of(Samples.lineage()), Compression.GZIP, db);
    }

    repoAdd("theirs", packages);

    assertThat(DatabaseReader.read(theirs("db"), ReadLimits.database()).database())
        .isEqualTo(Database.of(describe(packages, ALL)));
  }

  private Path theirs(String kind) {
    return repository.resolve("theirs." + kind + ".tar.gz");
  }

  private byte[] files(Database database) {
    return Samples.bytes(
        out ->
            FilesDatabaseWriter.write(
                database, FileLists.of(lists), Optional.empty(), Compression.GZIP, out));
  }

  private void repoAdd(String name, List<Path> packages) throws Exception {
    List<String> command = new ArrayList<>(List.of("repo-add", "-q", name + ".db.tar.gz"));
    packages.forEach(p -> command.add(p.getFileName().toString()));
    Program.Result result = Program.run(repository, command);
    assertThat(result.code()).as("%s", result).isZero();
    assertThat(result.errors()).doesNotContain("ERROR");
  }

  private List<DatabaseEntry> describe(List<Path> packages, DescOptions options)
      throws IOException {
    List<DatabaseEntry> entries = new ArrayList<>();
    for (Path file : packages) {
      PackageFile read = PackageFile.read(file, Set.of(HashAlgorithm.MD5));
      Path signature = Path.of(file + ".sig");
      Optional<byte[]> bytes =
          Files.exists(signature) ? Optional.of(Files.readAllBytes(signature)) : Optional.empty();
      DatabaseEntry entry =
          DatabaseEntry.describe(
              read.info(), read.fileName().value(), read.size(), read.digests(), bytes, options);
      entries.add(entry);
      lists.put(entry.directory(), read.files());
    }
    return entries;
  }

  /** Packages with what has tripped tools before. */
  private List<Path> samples() throws Exception {
    List<SamplePackage> samples =
        List.of(
            SamplePackage.of("epoch", "1:2.3.r4.gabc-1").file("usr/bin/epoch", "x"),
            SamplePackage.of("libq++", "0.1-1")
                .architecture("x86_64")
                .compression(Compression.XZ)
                .field("provides", "libq++.so=1-64")
                .file("usr/lib/libq++.so", "x"),
            SamplePackage.of("split-doc", "1-1")
                .info(
                    """
                    # as makepkg writes it
                    pkgname = split-doc
                    pkgbase = split
                    xdata = pkgtype=split
                    pkgver = 1-1
                    pkgdesc = one of two; with = and : and "quotes" and $(signs) `here`
                    url =\s
                    builddate = 1700000001
                    packager = J\u00f6rg \u4e2d <j@example.org>
                    size = 0
                    arch = any
                    """),
            SamplePackage.of("relations", "1-1")
                .compression(Compression.GZIP)
                .field("group", "first")
                .field("group", "second")
                .field("replaces", "old<2")
                .field("conflict", "old")
                .field("provides", "virtual=1:3")
                .field("backup", "etc/x")
                .field("depend", "glibc>=2.36")
                .field("depend", "sh")
                .field("optdepend", "other: needed for a = b: c")
                .field("makedepend", "git")
                .field("checkdepend", "bats")
                .file("etc/x", "x"),
            SamplePackage.of("meta", "2024.01.01-3").compression(Compression.NONE),
            SamplePackage.of("paths", "1-1")
                .compression(Compression.BZIP2)
                .directory("opt/empty")
                .file("usr/a", "content")
                .hardLink("usr/b", "usr/a")
                .symlink("usr/c", "a")
                .file("usr/share/" + ("d".repeat(50) + "/").repeat(5) + "f", "long")
                .file("usr/share/d\u00fcnn \u4e2d", "utf-8")
                .file("usr/share/two words", "space")
                .file("usr/share/back\\slash", "backslash")
                .file("usr/share/tab\tbed", "tab")
                .file("usr/share/.hidden", "nested")
                .file("usr/share/Zebra", "order")
                .file("usr/share-first", "order")
                .install("post_install() { :; }\n"));
    List<Path> files = new ArrayList<>();
    samples.forEach(s -> files.add(s.writeTo(repository)));
    files.add(madeByBsdtar());
    return files;
  }

  private Path madeByBsdtar() throws Exception {
    Path tree = Files.createDirectories(repository.resolve("tree"));
    Files.createDirectories(tree.resolve("usr/share/plain"));
    Files.writeString(tree.resolve("usr/share/plain/f"), "hi");
    Files.writeString(
        tree.resolve(".PKGINFO"),
        """
        pkgname = plain
        pkgbase = plain
        pkgver = 1-1
        builddate = 1700000000
        size = 2
        arch = any
        """);
    Program.output(
        tree, "bsdtar", "--zstd", "-cf", "../plain-1-1-any.pkg.tar.zst", ".PKGINFO", "usr");
    return repository.resolve("plain-1-1-any.pkg.tar.zst");
  }
}
