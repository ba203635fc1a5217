package org.qrepo.alpm;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.Compression;
import org.qrepo.tar.TarException;
import org.qrepo.tar.TarLimits;
import org.qrepo.tar.TarMember;
import org.qrepo.tar.TarReader;

/** One walk through the archive of a package, from the first byte of the file to the last. */
final class PackageWalk {
  /**
   * No package is larger than 64 GiB; without a bound a few kilobytes could keep a reader busy for
   * days.
   */
  static final TarLimits LIMITS = new TarLimits(64L << 30, 1 << 20, true);

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
      walk(new TarReader(new BufferedInputStream(decoded, 1 << 16), LIMITS));
    } catch (TarException e) {
      throw ArchiveException.of(e);
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
    for (Optional<TarMember> next = tar.next(); next.isPresent(); next = tar.next()) {
      TarMember member = next.get();
      requireStandard(member);
      files.add(member.path());
      String path = MemberPath.plain(member.path());
      if (SPECIAL.contains(path)) {
        takeSpecial(member, path, tar.content());
      }
    }
  }

  private static void requireStandard(TarMember member) throws ArchiveException {
    if (!member.isStandard()) {
      throw new ArchiveException(
          "package-member-unsupported",
          "a member is of the type "
              + Quoted.of(String.valueOf(member.typeflag()))
              + ", which is not supported",
          "makepkg writes files, links and directories");
    }
  }

  private void takeSpecial(TarMember member, String path, InputStream in) throws IOException {
    if (!member.isFile() || member.sparse()) {
      throw new ArchiveException(
          "package-member-unsupported",
          path + " is not an ordinary file",
          "clients cannot read it");
    }
    if (member.path().length != path.length()) {
      throw new ArchiveException(
          "package-member-name",
          path + " is stored with './' before its name",
          "clients look for " + path + " itself; pack the members without './'");
    }
    int max = path.equals(INFO) ? PackageInfo.MAX_SIZE : BuildInfo.MAX_SIZE;
    boolean wanted = path.equals(INFO) || path.equals(BUILD_INFO);
    byte[] content = wanted ? content(member, in, max) : new byte[0];
    if (specials.put(path, content) != null) {
      throw new ArchiveException(
          "package-member-duplicate",
          "has two members " + path,
          "tools differ in which of the two they believe");
    }
  }

  private static byte[] content(TarMember member, InputStream in, int max) throws IOException {
    if (member.size() > max) {
      String path = new String(member.path(), StandardCharsets.UTF_8);
      throw new ArchiveException(
          ArchiveException.TOO_LARGE,
          "member " + Quoted.of(path) + " has more than " + max + " bytes");
    }
    return in.readAllBytes();
  }

  private RefusedException missingInfo() {
    return new RefusedException(
        Finding.of("pkginfo-missing", subject, "has no .PKGINFO", "clients refuse the package"));
  }
}
