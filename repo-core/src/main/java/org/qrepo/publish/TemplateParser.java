package org.qrepo.publish;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.database.Lineage;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.repodata.MetadataKind;
import org.qrepo.repodata.Repodata;
import org.qrepo.repodata.Repomd;

/** Verifies the index of a repository of templates, and makes a generation of what it names. */
final class TemplateParser {
  private final RepositoryName repository;
  private final Verifier verifier;

  TemplateParser(RepositoryName repository, Verifier verifier) {
    this.repository = repository;
    this.verifier = verifier;
  }

  Verifier.Verdict verify(String subject, byte[] index, byte[] signature) {
    Digests digests = Digests.of(index, verifier.algorithms(signature));
    return verifier.verify(subject, signature, digests, Verifier.Form.BINARY_OR_ARMORED);
  }

  /** Gets the bytes of a document; empty if it is not there. */
  @FunctionalInterface
  interface Documents {
    Optional<byte[]> get(StoreKey key) throws IOException;
  }

  /** The generation of an index whose signature was verified. */
  TemplateGeneration parse(
      String subject, byte[] index, byte[] signature, Fingerprint signer, Documents documents)
      throws IOException {
    Repomd repomd = Repomd.parse(index, subject).orElseThrow(() -> withoutLineage(subject));
    Lineage lineage = lineage(index).orElseThrow(() -> withoutLineage(subject));
    if (!lineage.repository().equals(repository.value())) {
      throw new RefusedException(
          Finding.of(
              "database-of-other-repository",
              subject,
              "this is the index of repository '" + lineage.repository() + "'",
              "Expected: '" + repository + "'. Somebody may have put it there under this name."));
    }
    Map<MetadataKind, byte[]> bytes = new EnumMap<>(MetadataKind.class);
    for (MetadataKind kind : MetadataKind.values()) {
      StoreKey key = new StoreKey(kind.location(repomd.stated(kind).checksum()));
      bytes.put(kind, documents.get(key).orElseThrow(() -> lost(key)));
    }
    return new TemplateGeneration(
        lineage, repomd, Repodata.read(repomd, bytes), signer, Blob.of(index), Blob.of(signature));
  }

  private static RefusedException lost(StoreKey key) {
    return new RefusedException(
        Finding.of(
            "metadata-lost",
            key.value(),
            "the signed index names this document, and it is not there",
            "dnf will say: failed to download metadata.",
            "Put it back; what an index names is never deleted before the index."));
  }

  private static RefusedException withoutLineage(String subject) {
    return new RefusedException(
        Finding.of("template-metadata-foreign", subject, "this index was not made by qrepo"));
  }

  static Optional<Lineage> lineage(byte[] index) {
    return Repomd.parse(index, TemplateNames.INDEX.value()).stream()
        .flatMap(repomd -> repomd.contents().stream())
        .flatMap(content -> Lineage.parse(content, TemplateNames.INDEX.value()).stream())
        .findFirst();
  }
}
