package org.qrepo.repodata;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qrepo.Tools;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** The real createrepo_c says what the metadata of packages is, and reads ours. */
class CreaterepoTest {
  @TempDir static Path shared;
  @TempDir Path directory;

  @BeforeAll
  static void build() throws IOException {
    Tools.require("createrepo_c", "rpmbuild");
    SampleRpms.build(shared);
    Tools.run(shared, "createrepo_c", "--quiet", "--no-database", ".");
  }

  @ParameterizedTest
  @EnumSource(MetadataKind.class)
  void everyFieldIsTheSame(MetadataKind kind) throws Exception {
    MetadataDocument ours = SampleRpms.document(SampleRpms.read(shared), kind);
    Map<String, List<String>> expected = packages(theirs(kind));
    Map<String, List<String>> actual = packages(unpacked(ours));
    assertThat(expected).hasSize(4);
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    for (String one : expected.keySet()) {
      assertThat(actual.get(one)).as(one).containsExactlyElementsOf(expected.get(one));
    }
    assertThat(actual.values().stream().mapToInt(List::size).sum())
        .as("facts that were compared")
        .isEqualTo(
            switch (kind) {
              case PRIMARY -> 137;
              case FILELISTS -> 23;
              case OTHER -> 18;
            });
  }

  @Test
  void itKeepsEveryPackageOfOursWithoutReadingIt() throws IOException {
    Path root = copyOfPackages();
    Repomd ours =
        SampleRpms.write(root, SampleRpms.read(root), Instant.ofEpochSecond(1_700_000_000));
    String said = updated(root);
    assertThat(said).contains("Really usable items: 4");
    assertThat(said.lines().filter(line -> line.contains("CACHE HIT"))).hasSize(4);
    String index = Files.readString(root.resolve("repodata/repomd.xml"));
    Repodata again = SampleRpms.read(root);
    for (RpmEntry entry : again.entries()) {
      assertThat(theirs(root, MetadataKind.PRIMARY)).contains(entry.digest().hex());
    }
    assertThat(index).doesNotContain(ours.stated(MetadataKind.PRIMARY).checksum().hex());
  }

  /** What it makes of ours has the same content again. */
  @Test
  void itsCopyOfOursSaysTheSame() throws Exception {
    Path root = copyOfPackages();
    Repodata ours = SampleRpms.read(root);
    SampleRpms.write(root, ours, Instant.ofEpochSecond(1_700_000_000));
    updated(root);
    for (MetadataDocument document : ours.documents()) {
      assertThat(packages(theirs(root, document.kind()))).isEqualTo(packages(unpacked(document)));
    }
  }

  private Path copyOfPackages() throws IOException {
    Path folder = Files.createDirectories(directory.resolve("rpm"));
    try (Stream<Path> files = Files.list(shared.resolve("rpm"))) {
      for (Path file : files.toList()) {
        Files.copy(
            file,
            folder.resolve(file.getFileName()),
            java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return directory;
  }

  private static String updated(Path root) throws IOException {
    Path log = root.resolve("log");
    Tools.run(
        root,
        "sh",
        "-c",
        "exec createrepo_c --update --no-database --verbose . > '" + log + "' 2>&1");
    return Files.readString(log);
  }

  private static String theirs(MetadataKind kind) throws IOException {
    return theirs(shared, kind);
  }

  private static String theirs(Path root, MetadataKind kind) throws IOException {
    try (Stream<Path> files = Files.list(root.resolve("repodata"))) {
      Path file =
          files
              .filter(f -> f.toString().endsWith("-" + kind.type() + ".xml.gz"))
              .findFirst()
              .orElseThrow();
      return unpacked(Files.newInputStream(file));
    }
  }

  private static String unpacked(MetadataDocument document) throws IOException {
    return unpacked(document.blob().open());
  }

  private static String unpacked(InputStream packed) throws IOException {
    try (InputStream in = new GZIPInputStream(packed)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Each package as a list of its elements, attributes and texts, in order. */
  private static Map<String, List<String>> packages(String document)
      throws ParserConfigurationException, SAXException, IOException {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    Element root =
        factory
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(document.getBytes(StandardCharsets.UTF_8)))
            .getDocumentElement();
    assertThat(root.getAttribute("packages")).isEqualTo("4");
    Map<String, List<String>> packages = new TreeMap<>();
    NodeList children = root.getChildNodes();
    for (int i = 0; i < children.getLength(); i++) {
      if (children.item(i) instanceof Element one) {
        List<String> facts = new ArrayList<>();
        flatten("{" + root.getNamespaceURI() + "}", one, facts);
        packages.put(String.join("|", facts.subList(0, Math.min(3, facts.size()))), facts);
      }
    }
    return packages;
  }

  private static void flatten(String path, Element element, List<String> into) {
    String here = path + "/{" + element.getNamespaceURI() + "}" + element.getLocalName();
    NamedNodeMap attributes = element.getAttributes();
    Map<String, String> sorted = new TreeMap<>();
    for (int i = 0; i < attributes.getLength(); i++) {
      sorted.put(attributes.item(i).getNodeName(), attributes.item(i).getNodeValue());
    }
    boolean leaf = true;
    NodeList children = element.getChildNodes();
    for (int i = 0; i < children.getLength(); i++) {
      leaf &= children.item(i).getNodeType() != Node.ELEMENT_NODE;
    }
    into.add(here + sorted + (leaf ? "=" + element.getTextContent() : ""));
    for (int i = 0; i < children.getLength(); i++) {
      if (children.item(i) instanceof Element child) {
        flatten(here, child, into);
      }
    }
  }
}
