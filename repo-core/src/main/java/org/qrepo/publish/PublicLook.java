package org.qrepo.publish;

import java.io.IOException;
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

/** One look at a public repository, in the order in which clients fetch. */
final class PublicLook {
  private final RepositorySpec spec;
  private final PublicSite site;
  private final SiteReader reader;
  private final Verifier verifier;
  private final GenerationReader generations;
  private final Names names;
  private final Scratch scratch;
  private final Workers workers;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<Part, Sha256> expected = new EnumMap<>(Part.class);

  PublicLook(
      RepositorySpec spec, PublicSite site, Verifier verifier, Scratch scratch, Workers workers) {
    this.spec = spec;
    this.site = site;
    this.reader = new SiteReader(site);
    this.verifier = verifier;
    this.generations = new GenerationReader(spec.name(), verifier);
    this.names = new Names(spec.name());
    this.scratch = scratch;
    this.workers = workers;
  }

  /** The digest of the database that was fetched, if there was one. */
  Optional<Sha256> database() {
    return Optional.ofNullable(expected.get(Part.DATABASE));
  }

  PublicCheck.Report look(Optional<Plan.Base> base, PublicCheck.Depth depth) throws IOException {
    Optional<Scratch.Spooled> database;
    try {
      database = reader.database(top(Part.DATABASE), scratch);
    } catch (SiteReader.SiteException e) {
      findings.add(unreachable(e));
      return new PublicCheck.Report(
          site.location(), false, Optional.empty(), 0, reader.bytes(), findings);
    } catch (RefusedException e) {
      findings.addAll(e.findings());
      return report(Optional.empty(), 0);
    }
    if (database.isEmpty()) {
      findings.add(missing(top(Part.DATABASE)));
      return report(Optional.empty(), 0);
    }
    expected.put(Part.DATABASE, database.get().digests().sha256());
    if (GenerationReader.isWebPage(database.get())) {
      findings.add(webPage(top(Part.DATABASE)));
      return report(Optional.empty(), 0);
    }
    Optional<Generation> live = verified(database.get());
    if (live.isEmpty()) {
      return report(live, 0);
    }
    base.ifPresent(b -> compare(b, live.get()));
    checkFiles(live.get());
    if (spec.aliases()) {
      checkAliases(live.get());
    }
    Collection<DatabaseEntry> entries = entries(live.get(), depth);
    for (List<Finding> found : workers.map(entries, this::checkPackage)) {
      findings.addAll(found);
    }
    return report(live, entries.size());
  }

  private PublicCheck.Report report(Optional<Generation> live, int packages) {
    return new PublicCheck.Report(site.location(), true, live, packages, reader.bytes(), findings);
  }

  private String top(Part part) {
    return names.top(part).value();
  }

  private Optional<Generation> verified(Scratch.Spooled database) throws IOException {
    String name = top(Part.DATABASE);
    Optional<byte[]> signature = ask(top(Part.DATABASE_SIGNATURE), reader::signature);
    if (signature.isEmpty()) {
      return Optional.empty();
    }
    expected.put(Part.DATABASE_SIGNATURE, digest(signature.get()));
    try {
      Verifier.Verdict verdict = generations.check(name, database, signature.get());
      if (verdict instanceof Verifier.Verdict.Good good) {
        return Optional.of(generations.parse(name, database, good.certificate()));
      }
      findings.add(((Verifier.Verdict.Bad) verdict).finding());
    } catch (RefusedException e) {
      findings.addAll(e.findings());
    }
    return Optional.empty();
  }

  private void checkFiles(Generation live) throws IOException {
    expected.put(Part.FILES, live.lineage().files());
    Optional<Scratch.Spooled> files = ask(top(Part.FILES), p -> reader.database(p, scratch));
    Optional<byte[]> signature = ask(top(Part.FILES_SIGNATURE), reader::signature);
    signature.ifPresent(s -> expected.put(Part.FILES_SIGNATURE, digest(s)));
    if (files.isEmpty()) {
      return;
    }
    if (!files.get().digests().sha256().equals(live.lineage().files())) {
      findings.add(mixed(top(Part.FILES), live));
    } else if (signature.isPresent()
        && generations.check(top(Part.FILES), files.get(), signature.get())
            instanceof Verifier.Verdict.Bad bad) {
      findings.add(bad.finding());
    }
  }

  private void checkAliases(Generation live) throws IOException {
    for (Names.Mutable name : names.mutable(spec.compression(), true)) {
      String path = name.key().value();
      Sha256 same = expected.get(name.part());
      if (path.equals(top(name.part())) || same == null) {
        continue;
      }
      Optional<Digests> there = ask(path, p -> reader.digests(p, name.part().maxSize(), Set.of()));
      if (there.isPresent() && !there.get().sha256().equals(same)) {
        findings.add(mixed(path, live));
      }
    }
  }

  private static Sha256 digest(byte[] bytes) {
    return Digests.of(bytes, Set.of()).sha256();
  }

  /** One request for one name. */
  @FunctionalInterface
  private interface Request<T> {
    Optional<T> to(String path) throws IOException;
  }

  /** The answer; an empty one has left a finding. */
  private <T> Optional<T> ask(String path, Request<T> request) throws IOException {
    try {
      Optional<T> answer = request.to(path);
      if (answer.isEmpty()) {
        findings.add(missing(path));
      }
      return answer;
    } catch (SiteReader.SiteException e) {
      findings.add(failed(path, e));
    } catch (RefusedException e) {
      findings.addAll(e.findings());
    }
    return Optional.empty();
  }

  private static Collection<DatabaseEntry> entries(Generation live, PublicCheck.Depth depth) {
    Collection<DatabaseEntry> all = live.database().entries();
    if (depth instanceof PublicCheck.Depth.Everything) {
      return all;
    }
    Set<String> files = depth instanceof PublicCheck.Depth.Packages some ? some.files() : Set.of();
    return all.stream().filter(e -> files.contains(e.fileName())).toList();
  }

  private List<Finding> checkPackage(DatabaseEntry entry) throws IOException {
    String name = entry.fileName();
    String asked = name + ".sig";
    try {
      Optional<byte[]> signature = reader.signature(asked);
      if (signature.isEmpty()) {
        return List.of(missing(asked));
      }
      asked = name;
      Optional<Digests> digests =
          reader.digests(name, entry.compressedSize(), verifier.algorithms(signature.get()));
      return digests.isEmpty()
          ? List.of(missing(name))
          : judge(entry, digests.get(), signature.get());
    } catch (SiteReader.SiteException e) {
      return List.of(failed(asked, e));
    }
  }

  private List<Finding> judge(DatabaseEntry entry, Digests digests, byte[] signature) {
    String name = entry.fileName();
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
    return verifier.verify(name + ".sig", signature, digests, Verifier.Form.BINARY)
            instanceof Verifier.Verdict.Bad bad
        ? List.of(bad.finding())
        : List.of();
  }

  private void compare(Plan.Base base, Generation seen) {
    boolean older = seen.sequence() < base.sequence();
    boolean other = seen.sequence() == base.sequence() && !seen.digest().equals(base.database());
    if (older || other) {
      findings.add(
          Finding.of(
              "public-stale",
              top(Part.DATABASE),
              "the public URL shows generation " + seen.id() + " (seq " + seen.sequence() + ")",
              "Published is generation " + base.generation() + " (seq " + base.sequence() + ").",
              "Does the URL lead to this repository? A cache in front may keep databases too long:",
              "let it revalidate *.db* and *.files*."));
    }
  }

  private Finding mixed(String name, Generation live) {
    return Finding.of(
        "public-mixed",
        name,
        "belongs to another generation than " + top(Part.DATABASE),
        "The database is generation " + live.id() + ", seq " + live.sequence() + ".",
        "A commit may be under way, or a publisher died in one: publish again to finish it.");
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

  private Finding failed(String name, SiteReader.SiteException e) {
    return Finding.of(
        "public-failed",
        name,
        "the public URL did not deliver it",
        String.valueOf(e.getMessage()),
        "pacman would say: failed retrieving file '" + name + "'");
  }

  private Finding unreachable(SiteReader.SiteException e) {
    return Finding.of(
        "public-unreachable",
        site.location(),
        "the public URL cannot be reached from here",
        String.valueOf(e.getMessage()),
        "What clients see was not checked.");
  }
}
