package org.qrepo.alpm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.Tools;
import org.qrepo.io.Compression;
import org.qrepo.tar.RawTar;

/**
 * Trees of files, packed by bsdtar as makepkg packs them, in both locales that it runs in, and the
 * database that repo-add makes of them: {@code files} must be equal to the byte.
 */
class RepoAddTest {
  private static final String[] COMPRESSORS = {
    "zstd -q -c", "xz -c", "gzip -c -n", "bzip2 -c", "lz4 -q -c", "cat"
  };
  private static final String[] SUFFIXES = {".zst", ".xz", ".gz", ".bz2", ".lz4", ""};

  @TempDir private Path directory;

  @Test
  void filesAreEqualToThoseOfRepoAdd() throws IOException {
    Tools.require(
        "bsdtar", "repo-add", "zstd", "xz", "gzip", "bzip2", "lz4", "bash", "find", "sort");
    List<Path> packages = new ArrayList<>();
    for (int i = 0; i < 2 * COMPRESSORS.length; i++) {
      packages.add(pack(i));
    }
    List<String> command = new ArrayList<>(List.of("repo-add", "-q", "t.db.tar.gz"));
    packages.forEach(p -> command.add(p.toString()));
    Tools.run(directory, command.toArray(String[]::new));
    Map<String, String> entries = members(directory.resolve("t.files.tar.gz"));

    for (Path file : packages) {
      PackageFile read = PackageFile.read(file, Set.of());
      String entry = read.info().name() + "-" + read.info().version();
      assertThat(text(read.files())).as(entry).isEqualTo(entries.get(entry + "/files"));
      assertThat(entries.get(entry + "/desc"))
          .contains("%SHA256SUM%\n" + read.sha256() + "\n")
          .contains("%CSIZE%\n" + read.size() + "\n");
      assertThat(read.files().paths().count()).isGreaterThan(30);
    }
  }

  /** Unpacks a tree that holds every trap, then packs it as makepkg does. */
  private Path pack(int number) throws IOException {
    Path tree = Files.createDirectory(directory.resolve("tree" + number));
    Tools.run(tree, tree(new Random(number)), "bsdtar", "-xf", "-");
    String info = "pkgname = p" + number + "\npkgver = 1:1.0-1\nsize = 1\narch = any\n";
    Files.writeString(tree.resolve(".PKGINFO"), info);
    Tools.run(tree, "bash", "-c", "truncate -s 300000 usr/sparse; echo x >>usr/sparse");
    String suffix = SUFFIXES[number % SUFFIXES.length];
    Path file = directory.resolve("p" + number + "-1:1.0-1-any.pkg.tar" + suffix);
    String locale = number % 2 == 0 ? "C" : "C.UTF-8";
    String script =
        "set -o pipefail; (printf '.PKGINFO\\0'; find * -print0 | LC_ALL=C sort -z)"
            + " | LC_ALL="
            + locale
            + " bsdtar -cnf - --null --files-from - | "
            + COMPRESSORS[number % COMPRESSORS.length]
            + " >\"$1\"";
    Tools.run(tree, "bash", "-c", script, "bash", file.toString());
    return file;
  }

  private static byte[] tree(Random random) {
    List<String> names =
        new ArrayList<>(
            List.of(
                "a b",
                "\\",
                "tab\there",
                "caf\u00e9",
                "cafe\u0301",
                "\u65e5\u672c",
                "...",
                ".hidden",
                "-dash",
                "x=y",
                "per%cent",
                "quote'\"",
                "bell\u0007",
                "\ud83d\ude00",
                "~",
                "a",
                "A",
                "+",
                ":",
                "#",
                "*",
                "esc\u001b[1m",
                "r\r",
                "nbsp\u00a0x",
                "u".repeat(200)));
    Collections.shuffle(names, random);
    TreeMap<String, Character> paths = new TreeMap<>();
    paths.put("usr/", '5');
    List<String> folders = new ArrayList<>(List.of("usr/"));
    for (String name : names) {
      String parent = folders.get(random.nextInt(folders.size()));
      String path = parent + name;
      if (random.nextInt(3) == 0) {
        folders.add(path + "/");
        paths.put(path + "/", '5');
      } else {
        paths.put(path, random.nextInt(4) == 0 ? '2' : '0');
      }
    }
    paths.put("usr/" + "d".repeat(90) + "/", '5');
    paths.put("usr/" + "d".repeat(90) + "/" + "f".repeat(176), '0');
    paths.put("usr/empty/", '5');
    paths.put("usr/target", '0');
    paths.put("usr/zhardlink", '1');
    paths.put("opt/", '5');
    paths.put("opt/invalid\u00ff", '0');
    RawTar tar = new RawTar();
    paths.forEach((path, type) -> add(tar, path, type));
    return tar.end();
  }

  private static void add(RawTar tar, String path, char type) {
    boolean invalid = path.endsWith("\u00ff");
    byte[] bytes = path.getBytes(invalid ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    String name = new String(bytes, StandardCharsets.ISO_8859_1);
    String target = type == '1' ? "usr/target" : "to";
    tar.pax("hdrcharset", "BINARY", "path", name, "linkpath", target);
    tar.member("x", type, type == '0' ? "content".getBytes(StandardCharsets.UTF_8) : new byte[0]);
  }

  private static Map<String, String> members(Path database) throws IOException {
    Map<String, String> members = new HashMap<>();
    try (InputStream in = Files.newInputStream(database);
        TarArchiveInputStream tar = new TarArchiveInputStream(Compression.GZIP.decode(in))) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        members.put(e.getName(), new String(tar.readAllBytes(), StandardCharsets.ISO_8859_1));
      }
    }
    return members;
  }

  private static String text(FileList files) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    files.writeTo(out);
    return out.toString(StandardCharsets.ISO_8859_1);
  }
}
