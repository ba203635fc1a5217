package org.qrepo.publish;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.qrepo.io.Sha256;

/**
 * What a publish of templates did and what the public sees now. Holds no secret.
 *
 * @param outcome as of a pacman repository
 * @param generation the live one
 * @param index the digest of its {@code repomd.xml}
 * @param objects objects written or found in place, by this run
 * @param bytes their size
 * @param check what a stranger sees; empty if nothing was committed or there is no public URL
 */
public record TemplateReceipt(
    Receipt.Outcome outcome,
    RepositoryName repository,
    String location,
    GenerationId generation,
    long sequence,
    Sha256 index,
    TemplatePlan plan,
    long objects,
    long bytes,
    Instant finished,
    Duration elapsed,
    Optional<TemplateCheck.Report> check) {}
