package org.qrepo.publish;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;

/**
 * Looks at a repository as a stranger with nothing but the certificates: through its public URL.
 */
public final class PublicCheck {
  private static final int MOST_LOOKS = 5;

  private final RepositorySpec spec;
  private final PublicSite site;
  private final Verifier verifier;

  public PublicCheck(RepositorySpec spec, PublicSite site, Verifier verifier) {
    this.spec = spec;
    this.site = site;
    this.verifier = verifier;
  }

  /**
   * What was seen.
   *
   * @param location the public URL
   * @param reached whether the URL answered at all; if not, nothing else was checked
   * @param generation what clients get now, if it verifies
   * @param packages how many packages were fetched and compared
   * @param bytes how much was fetched
   * @param findings what clients would stumble over; empty if all is well
   */
  public record Report(
      String location,
      boolean reached,
      Optional<Generation> generation,
      int packages,
      long bytes,
      List<Finding> findings) {
    public Report {
      findings = List.copyOf(findings);
    }
  }

  /** Which entries of the database are fetched and compared. */
  public sealed interface Depth {
    /** None: the databases alone. */
    record Databases() implements Depth {}

    /** These file names. */
    record Packages(Set<String> files) implements Depth {}

    /** Every entry. */
    record Everything() implements Depth {}
  }

  /**
   * What clients get now; what is wrong is in the report. A repository that another publisher
   * changed during the look is looked at again.
   *
   * @param expected the generation that should be live, or one before it; empty: any that verifies
   * @param scratchParent where temporary files go
   * @param parallelism how many fetches at a time
   * @throws IOException if this machine fails, not the site
   */
  public Report run(Optional<Plan.Base> expected, Depth depth, Path scratchParent, int parallelism)
      throws IOException {
    try (Workers workers = new Workers(parallelism)) {
      for (int look = 1; ; look++) {
        try (Scratch scratch = new Scratch(scratchParent)) {
          PublicLook seen = new PublicLook(spec, site, verifier, scratch, workers);
          Report report = seen.look(expected, depth);
          if (report.findings().isEmpty() || look == MOST_LOOKS || !hasMoved(seen.database())) {
            return report;
          }
        }
      }
    }
  }

  private boolean hasMoved(Optional<Sha256> seen) throws IOException {
    try {
      return seen.isPresent()
          && !new SiteReader(site)
              .digests(Part.DATABASE.fileName(spec.name()), Part.DATABASE.maxSize(), Set.of())
              .map(Digests::sha256)
              .equals(seen);
    } catch (SiteReader.SiteException e) {
      return false;
    }
  }
}
