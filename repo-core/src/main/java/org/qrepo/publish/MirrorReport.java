package org.qrepo.publish;

import java.time.Duration;
import java.util.Optional;

/**
 * What a mirror did.
 *
 * @param from where it was copied from
 * @param to where it was copied to
 * @param before what the destination showed before; empty if it was vacant
 * @param live what it shows now
 * @param packages how many packages were written, or only their signatures
 * @param generations how many folders of older generations were written
 * @param objects how many objects were written in all
 * @param bytes their size
 * @param gap how long clients could see the new database with the old signature; zero with pointers
 * @param check what a stranger sees; empty if nothing was committed or nobody looked
 */
public record MirrorReport(
    Outcome outcome,
    String from,
    String to,
    Optional<Plan.Base> before,
    Plan.Base live,
    int packages,
    int generations,
    long objects,
    long bytes,
    Duration gap,
    Optional<PublicCheck.Report> check) {
  /** What kind of run it was. */
  public enum Outcome {
    /** The source's generation is live at the destination now. */
    MIRRORED,
    /** It was live already; a commit was finished, or something that was missing was written. */
    COMPLETED,
    /** It was live already, and nothing was written. */
    ALREADY_MIRRORED
  }

  /** Whether clients get what was meant, as far as it could be checked. */
  public boolean isConfirmed() {
    return check.map(c -> c.findings().isEmpty()).orElse(true);
  }
}
