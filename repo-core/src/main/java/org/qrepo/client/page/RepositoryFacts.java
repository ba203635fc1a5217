package org.qrepo.client.page;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.qrepo.publish.GenerationId;
import org.qrepo.publish.RepositoryName;

/**
 * What a repository tells about itself.
 *
 * @param description in a sentence, of its publisher
 * @param servers what clients write after {@code Server =}, the first one first
 * @param keys that sign it, did so, or will
 * @param generation the live one that the packages are of
 * @param sequence its place in the chain
 * @param updated when it was made
 * @param packages in the order of their names
 * @param templates that dom0 can install
 * @param setup how a client is set up, step by step
 * @param recovery what a client does that has missed a change of keys; empty if there was none
 */
public record RepositoryFacts(
    RepositoryName name,
    Optional<String> description,
    List<URI> servers,
    List<KeyFacts> keys,
    GenerationId generation,
    long sequence,
    Instant updated,
    List<PackageFacts> packages,
    List<TemplateFacts> templates,
    List<Instruction> setup,
    List<Instruction> recovery) {
  public RepositoryFacts {
    servers = List.copyOf(servers);
    keys = List.copyOf(keys);
    packages = List.copyOf(packages);
    templates = List.copyOf(templates);
    setup = List.copyOf(setup);
    recovery = List.copyOf(recovery);
  }

  /** The file beside the page that holds the public certificates. */
  public String keyFile() {
    return name + ".asc";
  }
}
