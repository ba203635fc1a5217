package org.qrepo.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.qrepo.alpm.Architecture;
import org.qrepo.alpm.PackageName;
import org.qrepo.alpm.PackageVersion;
import org.qrepo.alpm.PackageWriter;
import org.qrepo.io.Compression;

/**
 * The package by which clients get the keys of a repository, follow their changes, and use the
 * repository.
 *
 * @param description one line, for people
 * @param packager {@code Name <mail>}
 * @param dropIn what makes clients use the repository, if the package brings it
 */
public record KeyringPackage(
    KeyringIdentity identity,
    KeyringContent content,
    String description,
    String packager,
    Optional<DropIn> dropIn) {
  /** Where keyrings lie, relative to the root. */
  public static final String DIRECTORY = "usr/share/pacman/keyrings";

  /** Stands in {@code .BUILDINFO}; it changes when what is built of the same keys changes. */
  private static final String BUILD_TOOL = "qrepo-keyring";

  private static final String BUILD_TOOL_VERSION = "1";

  /** The package's file name. */
  public String fileName(PackageVersion version) {
    return identity.packageName()
        + "-"
        + version
        + "-"
        + Architecture.ANY
        + ".pkg.tar"
        + Compression.ZSTD.suffix();
  }

  /** The whole package; the same version and build date give the same bytes. */
  public byte[] bytes(PackageVersion version, Instant buildDate) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      writer(version, buildDate).writeTo(out, Compression.ZSTD);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private PackageWriter writer(PackageVersion version, Instant buildDate) {
    byte[] pkgbuild = new KeyringSources(this).pkgbuild(version).getBytes(StandardCharsets.UTF_8);
    PackageWriter writer =
        new PackageWriter(identity.packageName(), version, Architecture.ANY, buildDate)
            .description(description)
            .packager(packager)
            .builtBy(BUILD_TOOL, BUILD_TOOL_VERSION)
            .builtFrom(pkgbuild)
            .install(scriptlet());
    url().ifPresent(writer::url);
    for (String key : List.of("replaces", "conflict", "provides")) {
      for (PackageName name : identity.replaced()) {
        writer.field(key, name.value());
      }
    }
    dropIn.ifPresent(d -> writer.field("backup", d.path()));
    files().forEach((path, bytes) -> writer.file(path, 0644, bytes));
    return writer;
  }

  /** What it installs, by path. */
  Map<String, byte[]> files() {
    Map<String, byte[]> files = new TreeMap<>();
    String start = DIRECTORY + "/" + identity.keyring();
    files.put(start + ".gpg", content.certificates());
    files.put(start + "-trusted", bytes(content.trustedFile()));
    files.put(start + "-revoked", bytes(content.revokedFile()));
    dropIn.ifPresent(d -> files.put(d.path(), bytes(d.text())));
    return files;
  }

  /** Where the repository is, if that can be said for all clients. */
  Optional<String> url() {
    return dropIn
        .map(d -> d.servers().get(0).value().replace("$repo", d.repository().value()))
        .filter(url -> !url.contains("$"));
  }

  String scriptlet() {
    return KeyringScriptlet.of(identity.keyring(), dropIn);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
