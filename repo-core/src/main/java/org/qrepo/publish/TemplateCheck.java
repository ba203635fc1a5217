package org.qrepo.publish;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.Digests;
import org.qrepo.repodata.MetadataDocument;
import org.qrepo.repodata.Repomd;
import org.qrepo.repodata.RpmEntry;

/**
 * Looks at a repository of templates as a stranger with nothing but the certificates: through its
 * public URL.
 */
public final class TemplateCheck {
  private static final int MOST_LOOKS = 5;

  private final RepositoryName repository;
  private final PublicSite site;
  private final Verifier verifier;
  private final SiteReader reader;

  public TemplateCheck(RepositoryName repository, PublicSite site, Verifier verifier) {
    this.repository = repository;
    this.site = site;
    this.verifier = verifier;
    this.reader = new SiteReader(site);
  }

  /**
   * What was seen.
   *
   * @param location the public URL
   * @param reached whether the URL answered at all; if not, nothing else was checked
   * @param generation what clients get now, if it verifies
   * @param packages how many packages were fetched and compared
   * @param findings what clients would stumble over; empty if all is well
   */
  public record Report(
      String location,
      boolean reached,
      Optional<TemplateGeneration> generation,
      int packages,
      List<Finding> findings) {
    public Report {
      findings = List.copyOf(findings);
    }
  }

  /**
   * What clients get now. A repository that another publisher changed during the look is looked at
   * again.
   *
   * @param expected the generation that should be live; empty: any that verifies
   * @param packages which of them are fetched and compared, by location
   * @throws IOException if this machine fails, not the site
   */
  public Report run(Optional<GenerationId> expected, Predicate<String> packages)
      throws IOException {
    for (int look = 1; ; look++) {
      Report report = look(expected, packages);
      if (report.findings().isEmpty() || !report.reached() || look == MOST_LOOKS) {
        return report;
      }
    }
  }

  private Report look(Optional<GenerationId> expected, Predicate<String> packages)
      throws IOException {
    try {
      TemplateGeneration generation = generation();
      List<Finding> findings = new ArrayList<>();
      if (expected.isPresent() && !expected.get().equals(generation.id())) {
        findings.add(stale(expected.get(), generation));
      }
      List<RpmEntry> looked =
          generation.packages().entries().stream()
              .filter(entry -> packages.test(entry.location()))
              .toList();
      for (RpmEntry entry : looked) {
        compare(entry).ifPresent(findings::add);
      }
      return new Report(site.location(), true, Optional.of(generation), looked.size(), findings);
    } catch (SiteReader.SiteException e) {
      return new Report(
          site.location(),
          false,
          Optional.empty(),
          0,
          List.of(unreachable(String.valueOf(e.getMessage()))));
    } catch (RefusedException e) {
      return new Report(site.location(), true, Optional.empty(), 0, e.findings());
    }
  }

  private TemplateGeneration generation() throws IOException {
    String name = TemplateNames.INDEX.value();
    byte[] signature = need(TemplateNames.SIGNATURE, Verifier.MAX_SIGNATURE);
    byte[] index = need(TemplateNames.INDEX, Repomd.MOST);
    TemplateParser parser = new TemplateParser(repository, verifier);
    Verifier.Verdict verdict = parser.verify(name, index, signature);
    if (verdict instanceof Verifier.Verdict.Bad bad) {
      throw new RefusedException(bad.finding());
    }
    return parser.parse(
        name,
        index,
        signature,
        ((Verifier.Verdict.Good) verdict).certificate(),
        key -> reader.bytes(key.value(), MetadataDocument.MOST_PACKED));
  }

  private byte[] need(StoreKey key, int most) throws IOException {
    return reader
        .bytes(key.value(), most)
        .orElseThrow(
            () ->
                new RefusedException(
                    Finding.of(
                        "public-missing",
                        key.value(),
                        "the public URL does not have it",
                        site.location() + " answers that there is no such file.",
                        "Is this the directory that is published to?")));
  }

  private Finding stale(GenerationId expected, TemplateGeneration seen) {
    return Finding.of(
        "public-stale",
        TemplateNames.INDEX.value(),
        "the public URL shows generation " + seen.id() + ", not " + expected,
        site.location() + " may be another place, or a cache keeps what it should ask for anew.");
  }

  private Optional<Finding> compare(RpmEntry entry) throws IOException {
    Optional<Digests> digests = reader.digests(entry.location(), entry.size(), Set.of());
    if (digests.isEmpty() || !digests.get().sha256().equals(entry.digest())) {
      return Optional.of(
          Finding.of(
              digests.isEmpty() ? "public-missing" : "public-corrupted",
              entry.location(),
              digests.isEmpty()
                  ? "the public URL does not have it"
                  : "the public URL has other bytes than the metadata says",
              "dom0 will not install it."));
    }
    return Optional.empty();
  }

  private Finding unreachable(String why) {
    return Finding.of(
        "public-unreachable", site.location(), "the public URL cannot be reached", why);
  }
}
