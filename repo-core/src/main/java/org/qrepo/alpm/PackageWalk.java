package org.qrepo.alpm;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.Compression;

/** One walk through the archive of a package, from the first byte of the file to the last. */
final class PackageWalk {
  private static final String INFO = ".PKGINFO";
  private static final String BUILD_INFO = ".BUILDINFO";
  private static final String INSTALL = ".INSTALL";

  /** Members with a meaning of their own, which a package can have only once. */
  private static final Set<String> SPECIAL =
      Set.of(INFO, BUILD_INFO, INSTALL, ".MTREE", ".CHANGELOG");

  private final String subject;
  private final InputStream in;
  private final FileListBuilder files = new FileListBuilder();
  private final Map<String, byte[]> specials = new HashMap<>();

  PackageWalk(String subject, InputStream in) {
    this.subject = subject;
    this.in = in;
  }

  PackageContent run() throws IOException {
    PushbackInputStream source = new PushbackInputStream(in, Compression.MAGIC_LENGTH);
    byte[] head = source.readNBytes(Compression.MAGIC_LENGTH);
    source.unread(head);
    Compression compression = compression(head);
    try (InputStream decoded = compression.decode(source)) {
      walk(new TarReader(new BufferedInputStream(decoded, 1 << 16)));
    }
    byte[] info = specials.get(INFO);
    if (info == null) {
      throw missingInfo();
    }
    return new PackageContent(
        compression,
        PackageInfo.parse(subject + "/" + INFO, info),
        Optional.ofNullable(specials.get(BUILD_INFO)).map(BuildInfo::parse),
        files.build(),
        specials.containsKey(INSTALL));
  }

  private static Compression compression(byte[] head) throws ArchiveException {
    if (head.length == 0) {
      throw new ArchiveException("package-empty", "is an empty file");
    }
    Compression compression = Compression.detect(head);
    if (compression == Compression.NONE) {
      Optional<String> other = Compression.nameOfUnsupported(head);
      if (other.isPresent()) {
        throw new ArchiveException(
            "package-format",
            "is not a package that qrepo reads: its content is " + other.get(),
            "build it with PKGEXT='.pkg.tar.zst' (or .xz, .gz, .bz2, .lz4, or none)");
      }
    }
    return compression;
  }

  private void walk(TarReader tar) throws IOException {
    while (tar.next()) {
      files.add(tar.path());
      String path = MemberPath.plain(tar.path());
      if (SPECIAL.contains(path)) {
        takeSpecial(tar, path);
      }
    }
  }

  private void takeSpecial(TarReader tar, String path) throws IOException {
    if (!tar.isRegularFile() || tar.isSparse()) {
      throw new ArchiveException(
          "package-member-unsupported",
          path + " is not an ordinary file",
          "clients cannot read it");
    }
    if (tar.path().length != path.length()) {
      throw new ArchiveException(
          "package-member-name",
          path + " is stored with './' before its name",
          "clients look for " + path + " itself; pack the members without './'");
    }
    int max = path.equals(INFO) ? PackageInfo.MAX_SIZE : BuildInfo.MAX_SIZE;
    boolean wanted = path.equals(INFO) || path.equals(BUILD_INFO);
    byte[] content = wanted ? tar.content(max) : new byte[0];
    if (specials.put(path, content) != null) {
      throw new ArchiveException(
          "package-member-duplicate",
          "has two members " + path,
          "tools differ in which of the two they believe");
    }
  }

  private RefusedException missingInfo() {
    return new RefusedException(
        Finding.of("pkginfo-missing", subject, "has no .PKGINFO", "clients refuse the package"));
  }
}
