package org.qrepo.repodata;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.qrepo.io.Digests;
import org.qrepo.rpm.RpmHeaders;
import org.qrepo.rpm.SampleRpm;

/** Packages of rpmbuild that have everything a header can tell. */
final class SampleRpms {
  private SampleRpms() {}

  /** Builds them into {@code root/rpm}. */
  static Path build(Path root) throws IOException {
    Path folder = Files.createDirectories(root.resolve("rpm"));
    for (SampleRpm rpm : List.of(template(), weird(), related(), bare())) {
      Path built = rpm.build(root);
      Files.move(built, folder.resolve(built.getFileName()));
    }
    return folder;
  }

  static SampleRpm template() {
    return SampleRpm.template()
        .set("Group", "Qubes")
        .set("Vendor", "The maintainer")
        .section("%pre\ncase $1 in 1) echo use qvm-template >&2; exit 1;; esac")
        .section("%post\ntrue")
        .section("%preun\ntrue");
  }

  private static SampleRpm weird() {
    return SampleRpm.bare()
        .set("Name", "weird")
        .set("Epoch", "3")
        .set("Version", "1.2~rc1")
        .set("Release", "4^git5")
        .set("Summary", "A <b>bold</b> & \"quoted\" 'summary' é")
        .set("License", "GPL-2.0 AND MIT")
        .set("Packager", "Pack <p@example.org>")
        .set("URL", "https://example.org/?a=1&b=2")
        .description("Line one\n\n  indented <tag> &amp; ]]> \ttab\nSchlußzeile \ud83d\ude00")
        .file("/etc/weird.conf", "echo a")
        .make("/etc/weird.d", "mkdir -p", "%dir /etc/weird.d")
        .listing("%config(noreplace) /etc/weird.conf")
        .listing("%ghost /etc/ghost")
        .listing("%ghost %dir /etc/ghosts")
        .listing("%ghost /var/log/ghost")
        .file("/usr/bin/weird", "echo a")
        .make("/usr/bin/link", "ln -s weird", "/usr/bin/link")
        .make("/usr/sbin/sub", "mkdir -p", "%dir /usr/sbin/sub")
        .file("/usr/lib/sendmail", "echo a")
        .file("/usr/lib/sendmailx", "echo a")
        .file("/opt/sbin/k", "echo a")
        .file("/var/lib/weird/sp_&<ace>é", "echo a")
        .section(
            "%pre\ntrue\n%post -p /bin/bash\ntrue\n%preun\ntrue\n%postun\ntrue\n%posttrans\ntrue")
        .section(changelog());
  }

  /** More than are listed, several on one day. */
  private static String changelog() {
    List<String> lines = new ArrayList<>(List.of("%changelog"));
    for (int i = 14; i > 0; i--) {
      String day =
          i > 11 ? "Wed Nov 18" : i > 7 ? "Tue Nov 17" : i > 3 ? "Mon Nov 16" : "Sun Nov 15";
      lines.add("* " + day + " 2026 Ä \"B\" <a@b> - " + i);
      lines.add("- change " + i + " & <more>");
      lines.add("- second line");
    }
    return String.join("\n", lines);
  }

  private static SampleRpm related() {
    return SampleRpm.bare()
        .set("Name", "related")
        .set("Provides", "foo = 2:1.0-3, bar, virt(x) >= 5, p = 1, p = 2")
        .set(
            "Requires",
            "/etc/related.conf, /bin/other, baz < 2, baz <= 0:3, own, bar, foo = 2:1.0-3, foo,"
                + " libc.so.6(GLIBC_2.4)(64bit), libc.so.6(GLIBC_2.14)(64bit), libc.so.6()(64bit),"
                + " libc.so.6.1, libc.so.6(GLIBC_PRIVATE)(64bit), (rich if poor)")
        .set("Requires(pre)", "one")
        .set("Requires(post)", "two")
        .set("Requires(preun)", "three")
        .set("Requires(postun)", "four")
        .set("Requires(pretrans)", "five")
        .set("Requires(posttrans)", "six")
        .set("Requires(pre,preun)", "seven")
        .set("Requires(verify)", "eight")
        .set("Conflicts", "cc > 1")
        .set("Obsoletes", "oo < 9")
        .set("Recommends", "rr, rr2 = 1")
        .set("Suggests", "ss")
        .set("Supplements", "supp")
        .set("Enhances", "enh >= 1:2")
        .file("/etc/related.conf", "echo a")
        .payload("w2.xzdio");
  }

  private static SampleRpm bare() {
    return SampleRpm.bare().set("Name", "bare").without("URL");
  }

  /** What the packages below {@code root/rpm} are to be listed as, as published when written. */
  static Repodata read(Path root) throws IOException {
    List<RpmEntry> entries = new ArrayList<>();
    try (Stream<Path> files = Files.list(root.resolve("rpm"))) {
      for (Path file : files.toList()) {
        entries.add(entry(file, Files.getLastModifiedTime(file).toInstant()));
      }
    }
    return new Repodata(entries);
  }

  static RpmEntry entry(Path file, Instant published) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    try (InputStream in = Files.newInputStream(file)) {
      return RpmEntry.of(
          RpmHeaders.read(file.toString(), in, bytes.length),
          bytes.length,
          Digests.of(bytes, Set.of()).sha256(),
          published,
          "rpm/" + file.getFileName());
    }
  }

  static MetadataDocument document(Repodata repodata, MetadataKind kind) throws IOException {
    return repodata.documents().stream().filter(d -> d.kind() == kind).findFirst().orElseThrow();
  }

  /** Writes the metadata to where dnf looks for it. */
  static Repomd write(Path root, Repodata repodata, Instant time) throws IOException {
    List<MetadataDocument> documents = repodata.documents();
    Files.createDirectories(root.resolve("repodata"));
    for (MetadataDocument document : documents) {
      try (InputStream in = document.blob().open()) {
        Files.write(root.resolve(document.location()), in.readAllBytes());
      }
    }
    Repomd repomd = Repomd.of(time, List.of("words & <more>"), documents);
    Files.write(root.resolve("repodata/repomd.xml"), repomd.format());
    return repomd;
  }
}
