package org.qrepo.publish;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.qrepo.io.Sha256;

/**
 * What a publish did and what the public sees now. Holds no secret.
 *
 * @param generation the live generation; empty only if nothing was ever published
 * @param sequence its place in the chain
 * @param database the digest of its database
 * @param objects objects written or found in place, by this run
 * @param bytes their size
 * @param elapsed from the first byte read to the end of the check
 * @param gap how long clients could see the new database with the old signature; zero with pointers
 * @param traffic what this run sent to the store and got from it, without the check; empty if the
 *     store does not count
 * @param check what a stranger sees; empty if nothing was committed
 */
public record Receipt(
    Outcome outcome,
    RepositoryName repository,
    String location,
    Optional<GenerationId> generation,
    long sequence,
    Optional<Sha256> database,
    Plan plan,
    long objects,
    long bytes,
    Instant finished,
    Duration elapsed,
    Duration gap,
    Optional<Traffic> traffic,
    Optional<PublicCheck.Report> check) {
  /** What kind of run it was. */
  public enum Outcome {
    /** A new generation is live. */
    PUBLISHED,
    /** The generation was live already; files that it names and that were missing were written. */
    COMPLETED,
    /** Nothing was to be done, and nothing was written. */
    ALREADY_PUBLISHED
  }

  /** Whether clients get what was meant, as far as it could be checked. */
  public boolean isConfirmed() {
    return check.map(c -> c.findings().isEmpty()).orElse(true);
  }

  public List<PackageChange> changes() {
    return plan.changes();
  }
}
