package org.qrepo.repodata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.Finding;
import org.qrepo.FuzzRounds;
import org.qrepo.RefusedException;
import org.qrepo.Tools;
import org.qrepo.io.Blob;
import org.qrepo.io.Compression;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;
import org.qrepo.rpm.RpmVersion;
import org.qrepo.rpm.SampleRpm;

/** What is written is read again, and nothing else is. */
class RepodataTest {
  private static final Instant TIME = Instant.parse("2026-11-22T03:04:05Z");
  @TempDir static Path shared;
  private static Repodata sound = Repodata.EMPTY;

  @BeforeAll
  static void build() throws IOException {
    Tools.require("rpmbuild");
    SampleRpms.build(shared);
    sound = SampleRpms.read(shared);
  }

  private static Map<MetadataKind, byte[]> bytes(List<MetadataDocument> documents)
      throws IOException {
    Map<MetadataKind, byte[]> bytes = new EnumMap<>(MetadataKind.class);
    for (MetadataDocument document : documents) {
      try (InputStream in = document.blob().open()) {
        bytes.put(document.kind(), in.readAllBytes());
      }
    }
    return bytes;
  }

  private static Repomd index(Repodata repodata) throws IOException {
    return Repomd.of(TIME, List.of("qrepo/1 & more"), repodata.documents());
  }

  @Test
  void whatIsReadIsWhatWasWritten() throws IOException {
    Repodata read = Repodata.read(index(sound), bytes(sound.documents()));
    assertThat(read).isEqualTo(sound);
    assertThat(bytes(read.documents()).get(MetadataKind.PRIMARY))
        .isEqualTo(bytes(sound.documents()).get(MetadataKind.PRIMARY));
    RpmEntry template =
        read.entries().stream().filter(e -> e.name().startsWith("qubes")).findFirst().orElseThrow();
    Path file = shared.resolve("rpm/qubes-template-archlinux-4.3.0-202611010101.noarch.rpm");
    assertThat(template.size()).isEqualTo(Files.size(file));
    assertThat(template.digest())
        .isEqualTo(Digests.of(Files.readAllBytes(file), Set.of()).sha256());
    assertThat(template.version()).isEqualTo(new RpmVersion(0, "4.3.0", "202611010101"));
    assertThat(template.architecture()).isEqualTo("noarch");
    assertThat(template.location()).isEqualTo("rpm/" + file.getFileName());
    assertThat(template.summary()).isEqualTo("Qubes template for archlinux");
    assertThat(template.published())
        .isEqualTo(Files.getLastModifiedTime(file).toInstant().truncatedTo(ChronoUnit.SECONDS));
  }

  @Test
  void entriesAreCarriedOverAsTheyAre() throws IOException {
    Repodata read = Repodata.read(index(sound), bytes(sound.documents()));
    Repodata fewer = read.without(e -> e.name().equals("weird"));
    assertThat(fewer.entries()).hasSize(3);
    List<RpmEntry> gone = sound.entries().stream().filter(e -> e.name().equals("weird")).toList();
    assertThat(fewer.with(gone)).isEqualTo(sound);
    String before = text(sound.documents(), MetadataKind.OTHER);
    for (RpmEntry entry : fewer.entries()) {
      assertThat(before).contains(entry.fragments().other());
    }
  }

  @Test
  void anEmptyRepositoryHasDocumentsToo() throws IOException {
    assertThat(Repodata.read(index(Repodata.EMPTY), bytes(Repodata.EMPTY.documents())))
        .isEqualTo(Repodata.EMPTY);
  }

  @Test
  void theSamePackagesGiveTheSameBytes() throws IOException {
    Repodata again =
        new Repodata(
            sound.entries().stream()
                .sorted((a, b) -> b.digest().hex().compareTo(a.digest().hex()))
                .toList());
    for (int i = 0; i < 3; i++) {
      assertThat(again.documents().get(i).stated()).isEqualTo(sound.documents().get(i).stated());
    }
    assertThat(index(again).format()).isEqualTo(index(sound).format());
  }

  @Test
  void theIndexIsReadAgainAndNoOther() throws IOException {
    Repomd index = index(sound);
    assertThat(Repomd.parse(index.format(), "x")).contains(index);
    String text = new String(index.format(), StandardCharsets.UTF_8);
    for (String other :
        List.of(
            text.replace("<repomd", "<!DOCTYPE repomd [<!ENTITY e 'x'>]><repomd"),
            text.replace("</repomd>", "<!-- more --></repomd>"),
            text.replace("</repomd>", "<data type=\"primary_db\"></data></repomd>"),
            text.replace("filelists", "primary"),
            text.replace("\n", "\r\n"),
            text.replaceFirst("<size>[0-9]+", "<size>x"),
            text.substring(0, text.length() / 2),
            "<html>not found</html>",
            "")) {
      assertThat(Repomd.parse(other.getBytes(StandardCharsets.UTF_8), "x")).as(other).isEmpty();
    }
  }

  /** createrepo_c refuses such a package, rpmbuild makes it. */
  @Test
  void charactersThatXmlCannotHoldAreLeftOut(@TempDir Path directory) throws Exception {
    Path rpm =
        SampleRpm.bare()
            .set("Summary", "a" + control(1) + "b" + control(27) + "[1mc")
            .description("bell " + control(7) + " and \ud83d\ude00 ]]> <script>alert(1)</script>")
            .section(
                "%changelog\n* Wed Nov 18 2026 \"A"
                    + control(2)
                    + "\" <a@b>\n- x"
                    + control(3)
                    + "y")
            .build(directory);
    Repodata repodata = new Repodata(List.of(SampleRpms.entry(rpm, TIME)));
    assertThat(repodata.entries().get(0).summary()).isEqualTo("ab[1mc");
    for (MetadataKind kind : MetadataKind.values()) {
      String document = text(repodata.documents(), kind);
      DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new ByteArrayInputStream(document.getBytes(StandardCharsets.UTF_8)));
      assertThat(document).doesNotContain("<script>");
    }
    assertThat(text(repodata.documents(), MetadataKind.PRIMARY))
        .contains("bell  and \ud83d\ude00 ]]&gt; &lt;script&gt;alert(1)&lt;/script&gt;");
  }

  /** rpmbuild takes no specification with such characters, but makes them. */
  private static String control(int code) {
    return "%{lua:print(string.char(" + code + "))}";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<name>&undeclared;</name>",
        "<name><![CDATA[x]]></name>",
        "<name>x<!-- y --></name>",
        "<name>x<?php y ?></name>",
        "<name>x</package>\n<package type=\"rpm\"></name>",
        "<name>x</name></package>\n<package type=\"rpm\"><name>x</name>",
        "<arch>x</arch>",
        "<name>another</name>"
      })
  void whatQrepoDoesNotWriteIsNotRead(String name) throws IOException {
    assertRefused(
        changed(
            MetadataKind.PRIMARY,
            t -> t.replaceFirst("<name>bare</name>", Matcher.quoteReplacement(name))));
  }

  @Test
  void documentTypesAreNotRead() throws IOException {
    String type = "<!DOCTYPE metadata [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n<metadata";
    assertRefused(
        changed(
            MetadataKind.PRIMARY,
            t -> t.replaceFirst("<metadata", Matcher.quoteReplacement(type))));
  }

  @Test
  void placesOutsideAreRefused() throws IOException {
    for (String place : List.of("../x.rpm", "rpm/../../x.rpm", "/etc/passwd", "https://h/x.rpm")) {
      assertRefused(
          changed(
              MetadataKind.PRIMARY,
              t -> t.replaceFirst("href=\"[^\"]*\"", "href=\"" + place + "\"")));
    }
  }

  @ParameterizedTest
  @EnumSource(MetadataKind.class)
  void documentsThatDoNotAgreeAreRefused(MetadataKind kind) throws IOException {
    assertRefused(changed(kind, t -> t.replace("packages=\"4\"", "packages=\"3\"")));
    assertRefused(changed(kind, t -> t.replace("packages=\"4\"", "packages=\"999999999\"")));
    assertRefused(changed(kind, t -> t + "<package "));
    assertRefused(changed(kind, t -> t.substring(0, t.length() - 3)));
    assertRefused(changed(kind, t -> t.replaceFirst("(pkgid=\"|YES\">)....", "$10000")));
    assertRefused(changed(kind, t -> t.replaceFirst("rel=\"[0-9]", "rel=\"x")));
  }

  /** Bytes that are not the signed ones are not even unpacked. */
  @Test
  void damageIsRefused() throws IOException {
    Map<MetadataKind, byte[]> documents = bytes(sound.documents());
    byte[] primary = Objects.requireNonNull(documents.get(MetadataKind.PRIMARY));
    Random random = new Random(20261122);
    for (int i = 0; i < FuzzRounds.atLeast(200); i++) {
      byte[] flipped = primary.clone();
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
      documents.put(MetadataKind.PRIMARY, flipped);
      assertRefused(new Changed(index(sound), documents));
    }
  }

  /** Signed by a key that was lost: whatever stands there, the reader ends in order. */
  @Test
  void signedNonsenseIsRefusedOrRead() throws IOException {
    String text = text(sound.documents(), MetadataKind.PRIMARY);
    Random random = new Random(20261123);
    int refused = 0;
    int rounds = FuzzRounds.atLeast(300);
    for (int i = 0; i < rounds; i++) {
      StringBuilder nonsense = new StringBuilder(text);
      for (int n = random.nextInt(4); n >= 0; n--) {
        nonsense.setCharAt(
            random.nextInt(nonsense.length()),
            "<>&\"/!?; x0\u0000\ud800".charAt(random.nextInt(13)));
      }
      Changed changed = changed(MetadataKind.PRIMARY, t -> nonsense.toString());
      try {
        Repodata.read(changed.index(), changed.documents());
      } catch (RefusedException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(rounds / 4, rounds);
  }

  @Test
  void aBombIsRefused() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = Compression.GZIP.encode(packed)) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 65; i++) {
        out.write(zeros);
      }
    }
    assertRefused(replaced(MetadataKind.OTHER, packed.toByteArray()));
  }

  private record Changed(Repomd index, Map<MetadataKind, byte[]> documents) {}

  private static Changed changed(MetadataKind kind, UnaryOperator<String> change)
      throws IOException {
    String before = text(sound.documents(), kind);
    String after = change.apply(before);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = Compression.GZIP.encode(packed)) {
      out.write(after.getBytes(StandardCharsets.UTF_8));
    }
    return replaced(kind, packed.toByteArray());
  }

  /** As if a publisher had signed it. */
  private static Changed replaced(MetadataKind kind, byte[] packed) throws IOException {
    List<MetadataDocument> documents = new ArrayList<>(sound.documents());
    Sha256 digest = Digests.of(packed, Set.of()).sha256();
    documents.removeIf(document -> document.kind() == kind);
    documents.add(
        new MetadataDocument(
            kind, Blob.of(packed), new Repomd.Stated(digest, digest, packed.length, 1)));
    return new Changed(Repomd.of(TIME, List.of(), documents), bytes(documents));
  }

  private static void assertRefused(Changed changed) {
    RefusedException refused =
        catchThrowableOfType(
            RefusedException.class, () -> Repodata.read(changed.index(), changed.documents()));
    assertThat(refused).as("refusal").isNotNull();
    assertThat(refused.findings()).extracting(Finding::id).containsExactly("metadata-malformed");
    assertThat(refused.getMessage()).matches("[ -~]+");
  }

  private static String text(List<MetadataDocument> documents, MetadataKind kind)
      throws IOException {
    try (InputStream in =
        Compression.GZIP.decode(
            documents.stream()
                .filter(d -> d.kind() == kind)
                .findFirst()
                .orElseThrow()
                .blob()
                .open())) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Paths stand in a header as a folder's number and a name: few bytes there can be many here. */
  @Test
  void aHeaderThatWouldBeListedAtGreatLengthIsRefused(@TempDir Path directory) throws IOException {
    String folder = ("/" + "d".repeat(200)).repeat(17);
    Path rpm =
        SampleRpm.bare()
            .make(
                folder,
                "fill() { mkdir -p \"$1\"; cd \"$1\"; for i in $(seq 2600); do : > $i; done; }; fill",
                folder)
            .build(directory);
    assertThat(Files.size(rpm)).isLessThan(1 << 20);
    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> SampleRpms.entry(rpm, TIME));
    assertThat(refused.findings()).extracting(Finding::id).containsExactly("rpm-not-listable");
  }

  @Test
  void nothingIsWrittenWithoutABound() {
    Xml xml = new Xml(100);
    assertThat(
            catchThrowableOfType(
                Xml.TooLongException.class,
                () -> {
                  for (int i = 0; i < 200; i++) {
                    xml.text("x");
                  }
                }))
        .isNotNull();
    assertThat(xml.toString()).hasSize(101);
  }
}
