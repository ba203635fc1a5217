package org.qrepo.repodata;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.Sha256;
import org.qrepo.rpm.FileTable;
import org.qrepo.rpm.RpmHeader;
import org.qrepo.rpm.RpmHeaders;
import org.qrepo.rpm.RpmTag;
import org.qrepo.rpm.RpmVersion;

/**
 * Writes what the three documents say of one package. The form is the one that createrepo_c gives
 * to it: rpm-md has no other specification.
 */
final class EntryWriter {
  /** The longest that is written of one package into one document, in characters. */
  static final int MOST = 8 << 20;

  private final RpmFacts facts;
  private final RpmHeader header;
  private final List<FileTable.Entry> files;

  private EntryWriter(RpmFacts facts, List<FileTable.Entry> files) {
    this.facts = facts;
    this.header = facts.headers().header();
    this.files = files;
  }

  /**
   * What is known of a package besides its headers.
   *
   * @param size in bytes
   * @param published when it came into the repository
   * @param location below the repository
   */
  record RpmFacts(
      RpmHeaders headers, long size, Sha256 digest, Instant published, String location) {}

  static RpmEntry write(RpmFacts facts) {
    FileTable table =
        FileTable.of(facts.headers().header())
            .orElseThrow(() -> refusal(facts, "its list of files cannot be read"));
    EntryWriter writer = new EntryWriter(facts, table.files());
    try {
      return EntryReader.read(
          facts.location(), writer.primary(), writer.filelists(), writer.other());
    } catch (Xml.TooLongException e) {
      throw refusal(facts, "what is to be listed of it has more than 8 MiB");
    }
  }

  private static RefusedException refusal(RpmFacts facts, String reason) {
    return new RefusedException(
        Finding.of(
            "rpm-not-listable",
            facts.location(),
            reason,
            "Such a package would make the metadata useless for all others.",
            "Build it again with fewer files or shorter texts."));
  }

  private String primary() throws Xml.TooLongException {
    Xml xml = new Xml(MOST).raw("<package type=\"rpm\">\n");
    xml.element("  ", "name", text(RpmTag.NAME));
    xml.element("  ", "arch", architecture());
    version(xml);
    xml.raw("  <checksum type=\"sha256\" pkgid=\"YES\">" + facts.digest() + "</checksum>\n");
    xml.element("  ", "summary", text(RpmTag.SUMMARY));
    xml.element("  ", "description", text(RpmTag.DESCRIPTION));
    xml.element("  ", "packager", text(RpmTag.PACKAGER));
    xml.element("  ", "url", text(RpmTag.URL));
    xml.raw("  <time").attribute("file", facts.published().getEpochSecond());
    xml.attribute("build", number(RpmTag.BUILD_TIME)).raw("/>\n");
    xml.raw("  <size").attribute("package", facts.size());
    xml.attribute("installed", either(RpmTag.LONG_SIZE, RpmTag.SIZE));
    xml.attribute("archive", archiveSize()).raw("/>\n");
    xml.raw("  <location").attribute("href", facts.location()).raw("/>\n");
    format(xml);
    return xml.raw("</package>\n").toString();
  }

  private void format(Xml xml) throws Xml.TooLongException {
    xml.raw("  <format>\n");
    xml.element("    ", "rpm:license", text(RpmTag.LICENSE));
    xml.element("    ", "rpm:vendor", text(RpmTag.VENDOR));
    xml.element("    ", "rpm:group", text(RpmTag.GROUP));
    xml.element("    ", "rpm:buildhost", text(RpmTag.BUILD_HOST));
    xml.element("    ", "rpm:sourcerpm", text(RpmTag.SOURCE_RPM));
    xml.raw("    <rpm:header-range").attribute("start", facts.headers().contentOffset());
    xml.attribute("end", facts.headers().payloadOffset()).raw("/>\n");
    List<FileTable.Entry> listed = files.stream().filter(file -> isPrimary(file.path())).toList();
    relations(xml, listed);
    for (FileTable.Entry file : listed) {
      file(xml, "    ", file);
    }
    xml.raw("  </format>\n");
  }

  private void relations(Xml xml, List<FileTable.Entry> listed) throws Xml.TooLongException {
    Set<String> paths = new HashSet<>();
    listed.forEach(file -> paths.add(file.path()));
    for (Relation.Kind kind : Relation.Kind.values()) {
      List<Relation> relations =
          kind == Relation.Kind.REQUIRES
              ? Relation.needs(header, paths)
              : new ArrayList<>(Relation.of(header, kind));
      if (relations.isEmpty()) {
        continue;
      }
      String name = "rpm:" + kind.name().toLowerCase(java.util.Locale.ROOT);
      xml.raw("    <" + name + ">\n");
      for (Relation relation : relations) {
        relation.write(xml);
      }
      xml.raw("    </" + name + ">\n");
    }
  }

  /** What other packages ask for by path most often. */
  private static boolean isPrimary(String path) {
    return path.startsWith("/etc/") || path.equals("/usr/lib/sendmail") || path.contains("bin/");
  }

  private String filelists() throws Xml.TooLongException {
    Xml xml = opened();
    for (FileTable.Entry file : files) {
      file(xml, "  ", file);
    }
    return xml.raw("</package>\n").toString();
  }

  private static void file(Xml xml, String indent, FileTable.Entry file)
      throws Xml.TooLongException {
    xml.raw(indent + "<file");
    if (file.directory()) {
      xml.attribute("type", "dir");
    } else if (file.ghost()) {
      xml.attribute("type", "ghost");
    }
    xml.raw(">").text(file.path()).raw("</file>\n");
  }

  private String other() throws Xml.TooLongException {
    Xml xml = opened();
    for (ChangelogEntry entry : ChangelogEntry.of(header)) {
      xml.raw("  <changelog").attribute("author", entry.author());
      xml.attribute("date", entry.time()).raw(">").text(entry.text()).raw("</changelog>\n");
    }
    return xml.raw("</package>\n").toString();
  }

  private Xml opened() throws Xml.TooLongException {
    Xml xml = new Xml(MOST).raw("<package").attribute("pkgid", facts.digest().hex());
    xml.attribute("name", text(RpmTag.NAME)).attribute("arch", architecture()).raw(">\n");
    version(xml);
    return xml;
  }

  private void version(Xml xml) throws Xml.TooLongException {
    RpmVersion version = RpmVersion.of(header);
    xml.raw("  <version").attribute("epoch", version.epoch());
    xml.attribute("ver", version.version()).attribute("rel", version.release()).raw("/>\n");
  }

  private String architecture() {
    return header.has(RpmTag.SOURCE_RPM) ? text(RpmTag.ARCH) : "src";
  }

  private String text(int tag) {
    return header.text(tag).orElse("");
  }

  private long number(int tag) {
    return header.number(tag).orElse(0);
  }

  private long either(int large, int small) {
    return header.number(large).orElse(number(small));
  }

  /** Of the payload unpacked: the signature header says it, in builds of old the other one. */
  private long archiveSize() {
    RpmHeader signatures = facts.headers().signatures();
    return signatures
        .number(RpmTag.Signature.LONG_ARCHIVE_SIZE)
        .orElse(
            signatures.number(RpmTag.Signature.ARCHIVE_SIZE).orElse(number(RpmTag.ARCHIVE_SIZE)));
  }
}
