package org.qrepo.publish;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;

/**
 * Looks at a repository as a stranger with nothing but the certificates: through its public URL.
 */
public final class PublicCheck {
  private final RepositorySpec spec;
  private final PublicSite site;
  private final Verifier verifier;
  private final GenerationReader reader;
  private final Names names;

  public PublicCheck(RepositorySpec spec, PublicSite site, Verifier verifier) {
    this.spec = spec;
    this.site = site;
    this.verifier = verifier;
    this.reader = new GenerationReader(spec.name(), verifier);
    this.names = new Names(spec.name());
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
      Optional<Generation> generation,
      int packages,
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
   * Looks once; what is wrong is in the report.
   *
   * @param expected the generation that should be live, or one before it; empty: any that verifies
   * @param scratchParent where temporary files go
   * @param parallelism how many fetches at a time
   */
  public Report run(Optional<Plan.Base> expected, Depth depth, Path scratchParent, int parallelism)
      throws IOException {
    List<Finding> findings = new ArrayList<>();
    try (Scratch scratch = new Scratch(scratchParent);
        Workers workers = new Workers(parallelism)) {
      Optional<Generation> live = live(scratch, findings);
      if (live.isEmpty()) {
        return new Report(site.location(), true, live, 0, findings);
      }
      expected.ifPresent(e -> compare(e, findings, live.get()));
      checkNames(live.get(), scratch, findings);
      Collection<DatabaseEntry> entries = entries(live.get(), depth);
      for (List<Finding> found : workers.map(entries, this::checkPackage)) {
        findings.addAll(found);
      }
      return new Report(site.location(), true, live, entries.size(), findings);
    } catch (RefusedException e) {
      findings.addAll(e.findings());
      return new Report(site.location(), true, Optional.empty(), 0, findings);
    } catch (SiteException e) {
      findings.add(unreachable(e));
      return new Report(site.location(), false, Optional.empty(), 0, findings);
    }
  }

  /** The site did not answer as a site should; other failures are of this machine. */
  private static final class SiteException extends IOException {
    private static final long serialVersionUID = 1L;

    SiteException(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  private Optional<PublicSite.Fetched> ask(String path) throws SiteException {
    try {
      return site.fetch(path);
    } catch (IOException e) {
      throw new SiteException(e);
    }
  }

  private Finding unreachable(IOException e) {
    return Finding.of(
        "public-unreachable",
        site.location(),
        "the public URL cannot be reached from here",
        String.valueOf(e.getMessage()),
        "What clients see was not checked.");
  }

  private Optional<Generation> live(Scratch scratch, List<Finding> findings) throws IOException {
    String name = names.top(Part.DATABASE).value();
    Optional<Scratch.Spooled> database = fetch(name, scratch);
    if (database.isEmpty()) {
      findings.add(missing(name));
      return Optional.empty();
    }
    if (GenerationReader.isWebPage(database.get())) {
      findings.add(webPage(name));
      return Optional.empty();
    }
    Optional<byte[]> signature = signature(name + ".sig");
    if (signature.isEmpty()) {
      findings.add(missing(name + ".sig"));
      return Optional.empty();
    }
    Verifier.Verdict verdict = reader.check(name, database.get(), signature.get());
    if (verdict instanceof Verifier.Verdict.Good good) {
      return Optional.of(reader.parse(name, database.get(), good.certificate()));
    }
    findings.add(((Verifier.Verdict.Bad) verdict).finding());
    return Optional.empty();
  }

  private Finding missing(String name) {
    return Finding.of(
        "public-missing",
        name,
        "not found at " + site.location(),
        "pacman would say: failed retrieving file '"
            + name
            + "' : The requested URL returned error: 404");
  }

  private Finding webPage(String name) {
    return Finding.of(
        "public-html",
        name,
        "the public URL answers with a web page, not with the database",
        "pacman would say: invalid or corrupted database (PGP signature)",
        "Does " + site.location() + " lead to this repository? It may need a login, or show an",
        "error page with the status of success.");
  }

  private Optional<Scratch.Spooled> fetch(String path, Scratch scratch) throws IOException {
    Optional<PublicSite.Fetched> fetched = ask(path);
    if (fetched.isEmpty()) {
      return Optional.empty();
    }
    try (PublicSite.Fetched open = fetched.get()) {
      return Optional.of(reader.fetchDatabase(open.stream(), path, scratch));
    }
  }

  private Optional<byte[]> signature(String path) throws IOException {
    Optional<PublicSite.Fetched> fetched = ask(path);
    if (fetched.isEmpty()) {
      return Optional.empty();
    }
    try (PublicSite.Fetched open = fetched.get()) {
      return Optional.of(GenerationReader.signatureBytes(open.stream()));
    }
  }

  private void compare(Plan.Base expected, List<Finding> findings, Generation seen) {
    boolean older = seen.sequence() < expected.sequence();
    boolean other =
        seen.sequence() == expected.sequence() && !seen.digest().equals(expected.database());
    if (older || other) {
      findings.add(
          Finding.of(
              "public-stale",
              names.top(Part.DATABASE).value(),
              "the public URL shows generation " + seen.id() + " (seq " + seen.sequence() + ")",
              "Published is generation "
                  + expected.generation()
                  + " (seq "
                  + expected.sequence()
                  + ").",
              "Does the URL lead to this repository? A cache in front may keep databases too long:",
              "let it revalidate *.db* and *.files*."));
    }
  }

  private void checkNames(Generation generation, Scratch scratch, List<Finding> findings)
      throws IOException {
    Map<Part, Sha256> digests = new EnumMap<>(Part.class);
    digests.put(Part.DATABASE, generation.digest());
    digests.put(Part.FILES, generation.lineage().files());
    for (Names.Mutable name : names.mutable(spec.compression(), spec.aliases())) {
      Optional<Scratch.Spooled> object = fetch(name.key().value(), scratch);
      if (object.isEmpty()) {
        findings.add(missing(name.key().value()));
        continue;
      }
      Sha256 digest = object.get().digests().sha256();
      Sha256 expected = digests.computeIfAbsent(name.part(), part -> digest);
      if (!digest.equals(expected)) {
        findings.add(mixed(name.key().value(), generation));
      } else if (name.key().equals(names.top(Part.FILES_SIGNATURE))) {
        checkFilesSignature(name.key().value(), object.get(), scratch, findings);
      }
    }
  }

  private Finding mixed(String name, Generation generation) {
    return Finding.of(
        "public-mixed",
        name,
        "belongs to another generation than " + names.top(Part.DATABASE),
        "The database is generation " + generation.id() + ", seq " + generation.sequence() + ".",
        "A commit may be under way, or a publisher died in one: publish again to finish it.");
  }

  private void checkFilesSignature(
      String name, Scratch.Spooled signature, Scratch scratch, List<Finding> findings)
      throws IOException {
    Optional<Scratch.Spooled> files = fetch(names.top(Part.FILES).value(), scratch);
    try (InputStream in = signature.blob().open()) {
      if (files.isPresent()
          && reader.check(name, files.get(), GenerationReader.signatureBytes(in))
              instanceof Verifier.Verdict.Bad bad) {
        findings.add(bad.finding());
      }
    }
  }

  private static Collection<DatabaseEntry> entries(Generation generation, Depth depth) {
    Collection<DatabaseEntry> all = generation.database().entries();
    if (depth instanceof Depth.Everything) {
      return all;
    }
    Set<String> files = depth instanceof Depth.Packages some ? some.files() : Set.of();
    return all.stream().filter(e -> files.contains(e.fileName())).toList();
  }

  private List<Finding> checkPackage(DatabaseEntry entry) throws IOException {
    String name = entry.fileName();
    Optional<byte[]> signature = signature(name + ".sig");
    if (signature.isEmpty()) {
      return List.of(missing(name + ".sig"));
    }
    Optional<PublicSite.Fetched> fetched = ask(name);
    if (fetched.isEmpty()) {
      return List.of(missing(name));
    }
    Digests digests;
    try (PublicSite.Fetched open = fetched.get()) {
      digests = Digests.of(open.stream(), verifier.algorithms(signature.get()));
    }
    if (!Optional.of(digests.sha256()).equals(entry.sha256())) {
      return List.of(
          Finding.of(
              "public-corrupted",
              name,
              "the bytes at the public URL are not those that the database names",
              "database  " + entry.sha256().map(Sha256::hex).orElse("(no SHA-256)"),
              "public    " + digests.sha256(),
              "pacman would say: invalid or corrupted package (checksum)"));
    }
    return verifier.verify(name + ".sig", signature.get(), digests, Verifier.Form.BINARY)
            instanceof Verifier.Verdict.Bad bad
        ? List.of(bad.finding())
        : List.of();
  }
}
