package org.qrepo.repodata;

import java.util.Arrays;
import java.util.Optional;
import org.qrepo.io.Sha256;

/** The three documents that describe the packages of a repository, in the order of dnf's index. */
public enum MetadataKind {
  /** What a package is, needs and offers. */
  PRIMARY("primary", "metadata", "common"),
  /** Which files it has. */
  FILELISTS("filelists", "filelists", "filelists"),
  /** What was changed in it lately. */
  OTHER("other", "otherdata", "other");

  private static final String NAMESPACES = "http://linux.duke.edu/metadata/";

  private final String type;
  private final String root;
  private final String namespace;

  MetadataKind(String type, String root, String namespace) {
    this.type = type;
    this.root = root;
    this.namespace = namespace;
  }

  /** As {@code repomd.xml} calls it. */
  String type() {
    return type;
  }

  static Optional<MetadataKind> of(String type) {
    return Arrays.stream(values()).filter(kind -> kind.type.equals(type)).findFirst();
  }

  /**
   * Its place below the repository. The name holds the digest, so that bytes never change under it
   * and a client with an older index still finds what that names.
   */
  public String location(Sha256 checksum) {
    return "repodata/" + checksum.hex() + "-" + type + ".xml.gz";
  }

  /** What stands before the first package. */
  String head(int packages) {
    return Xml.DECLARATION + open(" packages=\"" + packages + "\"") + "\n";
  }

  /** What stands after the last package. */
  String tail() {
    return "</" + root + ">\n";
  }

  /** One package as a document of its own, to be parsed. */
  String alone(String fragment) {
    return open("") + fragment + "</" + root + ">";
  }

  private String open(String attributes) {
    String rpm = this == PRIMARY ? " xmlns:rpm=\"" + NAMESPACES + "rpm\"" : "";
    return "<" + root + " xmlns=\"" + NAMESPACES + namespace + "\"" + rpm + attributes + ">";
  }
}
