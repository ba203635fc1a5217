package org.qrepo.publish;

import org.qrepo.database.Lineage;
import org.qrepo.io.Blob;
import org.qrepo.io.Sha256;
import org.qrepo.repodata.Repodata;
import org.qrepo.repodata.Repomd;

/**
 * A verified state of a repository of templates.
 *
 * @param lineage where it comes from; its {@code files} is the digest of {@code filelists.xml.gz}
 * @param signer whose signature is good
 * @param index the bytes of {@code repomd.xml}
 * @param signature the bytes of {@code repomd.xml.asc}
 */
public record TemplateGeneration(
    Lineage lineage,
    Repomd repomd,
    Repodata packages,
    Fingerprint signer,
    Blob index,
    Blob signature) {
  /** Of {@code repomd.xml}. */
  public Sha256 digest() {
    return index.sha256();
  }

  public GenerationId id() {
    return GenerationId.of(digest());
  }

  /** Its place in the chain. */
  public long sequence() {
    return lineage.seq();
  }
}
