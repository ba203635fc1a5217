package org.qrepo.alpm;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.qrepo.io.Compression;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;
import org.qrepo.io.UnclosedOutput;
import org.qrepo.tar.TarWriter;

/**
 * Writes a pacman package as makepkg lays one out: {@code .BUILDINFO}, {@code .INSTALL}, {@code
 * .MTREE} and {@code .PKGINFO} first, then the files in byte order, owned by root, all with one
 * time. The same calls give the same bytes.
 */
public final class PackageWriter {
  private static final Pattern KEY = Pattern.compile("[a-z][a-z0-9_]*");

  private final PackageName name;
  private final PackageVersion version;
  private final Architecture architecture;
  private final Instant buildDate;
  private final List<Field> fields = new ArrayList<>();
  private final Map<PackagePath, PackageMember> members = new TreeMap<>();
  private String description = "";
  private String packager = "Unknown Packager";
  private String install = "";
  private Optional<String> url = Optional.empty();
  private String buildTool = "qrepo";
  private Optional<String> buildToolVersion = Optional.empty();
  private Optional<Sha256> recipe = Optional.empty();

  /**
   * @param buildDate whole seconds count; what {@code SOURCE_DATE_EPOCH} says, where it is set
   */
  public PackageWriter(
      PackageName name, PackageVersion version, Architecture architecture, Instant buildDate) {
    this.name = name;
    this.version = version;
    this.architecture = architecture;
    this.buildDate = buildDate;
  }

  /**
   * One line, for people.
   *
   * @throws IllegalArgumentException if it has a control character, a newline being one
   */
  public PackageWriter description(String text) {
    description = line("pkgdesc", text);
    return this;
  }

  /**
   * {@code Name <mail>}.
   *
   * @throws IllegalArgumentException if it has a control character
   */
  public PackageWriter packager(String text) {
    packager = line("packager", text);
    return this;
  }

  /**
   * A further field of {@code .PKGINFO}: {@code license}, {@code depend}, …
   *
   * @throws IllegalArgumentException if the key is not made of small letters, or the value has a
   *     control character
   */
  public PackageWriter field(String key, String value) {
    if (!KEY.matcher(key).matches()) {
      throw new IllegalArgumentException(Quoted.of(key) + " is no key of .PKGINFO");
    }
    fields.add(new Field(key, line(key, value), fields.size() + 1));
    return this;
  }

  /**
   * Where people find out more.
   *
   * @throws IllegalArgumentException if it has a control character
   */
  public PackageWriter url(String text) {
    url = Optional.of(line("url", text));
    return this;
  }

  /**
   * What builds the package, for {@code .BUILDINFO}.
   *
   * @throws IllegalArgumentException if one of the two has a control character
   */
  public PackageWriter builtBy(String tool, String version) {
    buildTool = line("buildtool", tool);
    buildToolVersion = Optional.of(line("buildtoolver", version));
    return this;
  }

  /** The PKGBUILD that makes the same package; its digest stands in {@code .BUILDINFO}. */
  public PackageWriter builtFrom(byte[] pkgbuild) {
    recipe = Optional.of(Digests.of(pkgbuild, Set.of()).sha256());
    return this;
  }

  /** The install scriptlet, a shell script; empty for none. */
  public PackageWriter install(String script) {
    install = script;
    return this;
  }

  /**
   * A file, with the directories above it.
   *
   * @param path relative to the root, without a leading slash or dot
   * @param mode permission bits: 0644, 0755
   * @throws IllegalArgumentException if clients would not install the file exactly there: an
   *     absolute path, {@code ..}, control characters, a path that is taken
   */
  public PackageWriter file(String path, int mode, byte[] content) {
    PackagePath file = new PackagePath(path);
    PackageMember member = PackageMember.file(file, mode, content);
    for (PackagePath parent : file.parents()) {
      if (!members.computeIfAbsent(parent, PackageMember::directory).isDirectory()) {
        throw new IllegalArgumentException("path " + Quoted.of(path) + " lies below a file");
      }
    }
    if (members.putIfAbsent(file, member) != null) {
      throw new IllegalArgumentException("path " + Quoted.of(path) + " is there twice");
    }
    return this;
  }

  /** The file name that the package should get. */
  public String fileName(Compression compression) {
    return name + "-" + version + "-" + architecture + ".pkg.tar" + compression.suffix();
  }

  /**
   * Writes the package; the stream is left open.
   *
   * @throws org.qrepo.RefusedException if qrepo would refuse to read the metadata; nothing is
   *     written then
   */
  public void writeTo(OutputStream out, Compression compression) throws IOException {
    List<PackageMember> all = allMembers();
    try (OutputStream compressed = compression.encode(new UnclosedOutput(out))) {
      TarWriter tar = new TarWriter(compressed);
      for (PackageMember member : all) {
        member.writeTo(tar, buildDate.getEpochSecond());
      }
      tar.finish();
    }
  }

  private List<PackageMember> allMembers() throws IOException {
    List<PackageMember> all = new ArrayList<>();
    all.add(PackageMember.special(".BUILDINFO", buildInfo()));
    if (!install.isEmpty()) {
      all.add(PackageMember.special(".INSTALL", install));
    }
    int manifest = all.size();
    all.add(PackageMember.special(".PKGINFO", packageInfo()));
    all.addAll(members.values());
    byte[] mtree = PackageManifest.of(all, buildDate.getEpochSecond());
    all.add(manifest, PackageMember.special(".MTREE", mtree));
    return all;
  }

  private byte[] packageInfo() {
    long size = members.values().stream().mapToLong(m -> m.content().length).sum();
    StringBuilder info = new StringBuilder("# Generated by qrepo\n");
    line(info, "pkgname", name.value());
    line(info, "pkgbase", name.value());
    line(info, "xdata", "pkgtype=pkg");
    line(info, "pkgver", version.value());
    line(info, "pkgdesc", description);
    url.ifPresent(u -> line(info, "url", u));
    line(info, "builddate", Long.toString(buildDate.getEpochSecond()));
    line(info, "packager", packager);
    line(info, "size", Long.toString(size));
    line(info, "arch", architecture.value());
    fields.forEach(f -> line(info, f.key(), f.value()));
    byte[] bytes = info.toString().getBytes(StandardCharsets.UTF_8);
    PackageInfo.parse(name + "-" + version + "/.PKGINFO", bytes);
    return bytes;
  }

  private String buildInfo() {
    StringBuilder info = new StringBuilder();
    line(info, "format", "2");
    line(info, "pkgname", name.value());
    line(info, "pkgbase", name.value());
    line(info, "pkgver", version.value());
    line(info, "pkgarch", architecture.value());
    recipe.ifPresent(sha256 -> line(info, "pkgbuild_sha256sum", sha256.hex()));
    line(info, "packager", packager);
    line(info, "builddate", Long.toString(buildDate.getEpochSecond()));
    line(info, "builddir", "/build");
    line(info, "startdir", "/build");
    line(info, "buildtool", buildTool);
    buildToolVersion.ifPresent(version -> line(info, "buildtoolver", version));
    return info.toString();
  }

  private static void line(StringBuilder info, String key, String value) {
    info.append(key).append(" = ").append(value).append('\n');
  }

  /** The text, if it fits into one line. */
  private static String line(String key, String text) {
    if (!PlainText.is(text)) {
      throw new IllegalArgumentException(key + " holds a control character");
    }
    return text;
  }
}
