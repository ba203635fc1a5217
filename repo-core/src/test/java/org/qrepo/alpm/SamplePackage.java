package org.qrepo.alpm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.qrepo.io.Compression;

/**
 * Builds packages for tests, laid out as makepkg lays them out; the same calls give the same bytes.
 *
 * <pre>{@code
 * Path file = SamplePackage.of("hello", "1:2.3-1").file("usr/bin/hello", "hi").writeTo(directory);
 * }</pre>
 */
public final class SamplePackage {
  private static final long BUILD_DATE = 1_700_000_000L;

  private final String name;
  private final String version;
  private String base;
  private String description;
  private String url;
  private String architecture = "any";
  private Compression compression = Compression.ZSTD;
  private final List<String> infoLines = new ArrayList<>();
  private final List<Member> members = new ArrayList<>();
  private final Set<String> directories = new HashSet<>();
  private byte[] rawInfo = new byte[0];
  private boolean hasInfo = true;
  private boolean infoIsRaw;
  private boolean hasBuildInfo = true;
  private long installedSize;

  private SamplePackage(String name, String version) {
    this.name = name;
    this.version = version;
    base = name;
    description = "The package " + name;
    url = "https://example.org/" + name;
  }

  /** A package of architecture {@code any}, compressed with zstd, without files. */
  public static SamplePackage of(String name, String version) {
    return new SamplePackage(name, version);
  }

  /** The name that it shares with others of its PKGBUILD, in place of its own. */
  public SamplePackage base(String value) {
    base = value;
    return this;
  }

  public SamplePackage architecture(String value) {
    architecture = value;
    return this;
  }

  public SamplePackage description(String value) {
    description = value;
    return this;
  }

  public SamplePackage url(String value) {
    url = value;
    return this;
  }

  public SamplePackage compression(Compression value) {
    compression = value;
    return this;
  }

  /** Adds a line to {@code .PKGINFO} after those that every package has. */
  public SamplePackage field(String key, String value) {
    infoLines.add(key + " = " + value);
    return this;
  }

  /** Puts {@code bytes} in place of the whole {@code .PKGINFO}. */
  public SamplePackage info(byte[] bytes) {
    rawInfo = bytes.clone();
    infoIsRaw = true;
    return this;
  }

  public SamplePackage info(String text) {
    return info(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Leaves {@code .PKGINFO} out. */
  public SamplePackage withoutInfo() {
    hasInfo = false;
    return this;
  }

  /** Leaves {@code .BUILDINFO} out. */
  public SamplePackage withoutBuildInfo() {
    hasBuildInfo = false;
    return this;
  }

  /** Adds a file, and the directories above it that are not there yet. */
  public SamplePackage file(String path, byte[] content) {
    parents(path);
    installedSize += content.length;
    return member(path, TarConstants.LF_NORMAL, "", content);
  }

  public SamplePackage file(String path, String content) {
    return file(path, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a file of {@code size} bytes that do not compress, the same for the same seed. */
  public SamplePackage randomFile(String path, int size, long seed) {
    byte[] content = new byte[size];
    new Random(seed).nextBytes(content);
    return file(path, content);
  }

  /** Adds a directory; {@code path} without a slash at its end. */
  public SamplePackage directory(String path) {
    parents(path);
    if (directories.add(path)) {
      member(path + "/", TarConstants.LF_DIR, "", new byte[0]);
    }
    return this;
  }

  public SamplePackage symlink(String path, String target) {
    parents(path);
    return member(path, TarConstants.LF_SYMLINK, target, new byte[0]);
  }

  /** Adds a hard link to a file that was added before. */
  public SamplePackage hardLink(String path, String target) {
    parents(path);
    return member(path, TarConstants.LF_LINK, target, new byte[0]);
  }

  /** Adds a member as it is, even one that no package should have, and no directories. */
  public SamplePackage member(String path, byte type, String target, byte[] content) {
    members.add(new Member(path, type, target, content.clone()));
    return this;
  }

  /** An install script. */
  public SamplePackage install(String script) {
    return member(".INSTALL", TarConstants.LF_NORMAL, "", script.getBytes(StandardCharsets.UTF_8));
  }

  /** The name that makepkg would give the file. */
  public String fileName() {
    return name + "-" + version + "-" + architecture + ".pkg.tar" + compression.suffix();
  }

  /** Writes the package under its own name. */
  public Path writeTo(Path directory) {
    return writeAs(directory.resolve(fileName()));
  }

  public Path writeAs(Path file) {
    try (OutputStream out = Files.newOutputStream(file)) {
      write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  public byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private void write(OutputStream target) throws IOException {
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(compression.encode(target), 10240, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      tar.setAddPaxHeadersForNonAsciiNames(true);
      if (hasBuildInfo) {
        put(tar, regular(".BUILDINFO", buildInfo()));
      }
      if (hasInfo) {
        put(tar, regular(".PKGINFO", infoIsRaw ? rawInfo : info()));
      }
      for (Member member : members) {
        put(tar, member);
      }
    }
  }

  private static Member regular(String path, byte[] content) {
    return new Member(path, TarConstants.LF_NORMAL, "", content);
  }

  private static void put(TarArchiveOutputStream tar, Member member) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(member.path, member.type, true);
    entry.setLinkName(member.target);
    entry.setSize(member.content.length);
    entry.setMode(member.type == TarConstants.LF_DIR ? 0755 : 0644);
    entry.setIds(0, 0);
    entry.setNames("root", "root");
    entry.setModTime(BUILD_DATE * 1000);
    tar.putArchiveEntry(entry);
    tar.write(member.content);
    tar.closeArchiveEntry();
  }

  private byte[] info() {
    StringBuilder text = new StringBuilder("# Generated by a test\n");
    text.append("pkgname = ").append(name).append('\n');
    text.append("pkgbase = ").append(base).append('\n');
    text.append("pkgver = ").append(version).append('\n');
    text.append("pkgdesc = ").append(description).append('\n');
    text.append("url = ").append(url).append('\n');
    text.append("builddate = ").append(BUILD_DATE).append('\n');
    text.append("packager = Tester <tester@example.org>\n");
    text.append("size = ").append(installedSize).append('\n');
    text.append("arch = ").append(architecture).append('\n');
    text.append("license = MIT\n");
    infoLines.forEach(line -> text.append(line).append('\n'));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private byte[] buildInfo() {
    return ("format = 2\npkgname = " + name + "\npkgver = " + version + "\nbuilddir = /build\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private void parents(String path) {
    for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
      String parent = path.substring(0, slash);
      if (directories.add(parent)) {
        member(parent + "/", TarConstants.LF_DIR, "", new byte[0]);
      }
    }
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Member(String path, byte type, String target, byte[] content) {}
}
