package org.qrepo.cli.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.qrepo.alpm.Architecture;
import org.qrepo.alpm.PackageName;
import org.qrepo.alpm.PackageVersion;
import org.qrepo.alpm.PackageWriter;
import org.qrepo.io.Compression;

/** Small packages that install anywhere; their bytes are the same each time. */
public final class DemoPackages {
  /** The one to install first. */
  public static final String FIRST = "hello-qrepo";

  private static final String FIRST_VERSION = "1.0-1";
  private static final Instant BUILT = Instant.parse("2026-01-01T00:00:00Z");

  private DemoPackages() {}

  /** Whether they were written into this directory before. */
  public static boolean areIn(Path directory) {
    return Files.exists(
        directory.resolve(writer(FIRST, FIRST_VERSION, "").fileName(Compression.ZSTD)));
  }

  /** Writes them into a directory, which is made if it is not there. */
  public static List<Path> write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Map<String, PackageWriter> packages = new TreeMap<>();
    packages.put(
        FIRST,
        writer(FIRST, FIRST_VERSION, "Says hello")
            .field("provides", "hello")
            .file(
                "usr/bin/hello-qrepo",
                0755,
                text("#!/bin/sh\necho 'Hello from your own repository.'\n")));
    packages.put(
        "hello-qrepo-docs",
        writer("hello-qrepo-docs", "1.0-1", "Documents how hello is said")
            .field("depend", FIRST)
            .file("usr/share/doc/hello-qrepo/README", 0644, text("Run hello-qrepo.\n")));
    packages.put(
        "hello-qrepo-epoch",
        writer(
                "hello-qrepo-epoch",
                "1:0.9-2",
                "Has an epoch, which puts a colon into its file name")
            .file("usr/share/hello-qrepo/epoch", 0644, text("1\n")));
    List<Path> files = new ArrayList<>();
    for (PackageWriter one : packages.values()) {
      files.add(write(one, directory));
    }
    return files;
  }

  private static PackageWriter writer(String name, String version, String description) {
    return new PackageWriter(
            new PackageName(name), new PackageVersion(version), Architecture.ANY, BUILT)
        .description(description)
        .packager("qrepo demo <demo@example.org>")
        .field("license", "Apache-2.0");
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Path write(PackageWriter one, Path directory) throws IOException {
    Path file = directory.resolve(one.fileName(Compression.ZSTD));
    try (OutputStream out = Files.newOutputStream(file)) {
      one.writeTo(out, Compression.ZSTD);
    }
    return file;
  }
}
