package org.qrepo.client.page;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/**
 * A template of the repository.
 *
 * @param name as {@code qvm-template} takes it
 * @param version with release
 * @param size of the RPM in bytes
 * @param built when its RPM was made
 * @param file where it can be fetched
 * @param install the command for dom0
 */
public record TemplateFacts(
    String name,
    String version,
    long size,
    Optional<Instant> built,
    Optional<URI> file,
    String install) {}
