package org.qrepo.client.conf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.alpm.PackageName;
import org.qrepo.alpm.PackageVersion;
import org.qrepo.client.DropIn;
import org.qrepo.client.DropInPriority;
import org.qrepo.client.OfficialDropIns;
import org.qrepo.client.ServerUrl;
import org.qrepo.database.DatabaseReader;
import org.qrepo.database.ReadLimits;
import org.qrepo.publish.RepositoryName;

/**
 * Looks at a configuration as somebody who wants to use a repository: whether it is there, in the
 * right place, with the right servers, with signatures demanded, and which packages really come
 * from it by the databases that the client holds.
 */
public final class ConfReview {
  private final PacmanConf conf;
  private final List<ConfFinding> findings = new ArrayList<>();

  /**
   * How a client should use a repository.
   *
   * @param servers those of the publisher; none: whatever the client asks is right
   */
  public record Wanted(
      RepositoryName repository, DropInPriority priority, List<ServerUrl> servers) {
    public Wanted {
      servers = List.copyOf(servers);
    }
  }

  private ConfReview(PacmanConf conf) {
    this.conf = conf;
  }

  /**
   * All findings about a configuration, those of its reading first.
   *
   * @param wanted how it should be used; empty to look at all repositories alike
   */
  public static List<ConfFinding> of(PacmanConf conf, Optional<Wanted> wanted) {
    ConfReview review = new ConfReview(conf);
    review.findings.addAll(conf.findings());
    if (conf.verdict() != Effect.STOPS) {
      wanted.ifPresentOrElse(review::lookFor, review::lookAtAll);
      review.shadows(wanted.map(d -> d.repository().value()));
    }
    return List.copyOf(review.findings);
  }

  private void lookAtAll() {
    conf.repositories().forEach(this::signatures);
  }

  private void lookFor(Wanted wanted) {
    String name = wanted.repository().value();
    Optional<ConfRepository> found = conf.repository(name);
    if (found.isEmpty()) {
      note(
          "pacman-conf-not-used",
          "pacman.conf",
          "the repository [" + name + "] is not used",
          "Put its drop-in into /"
              + DropIn.DIRECTORY
              + " (qrepo client pacman writes one), and see",
          "to it that pacman.conf has: Include = /" + DropIn.DIRECTORY + "/*.conf");
      return;
    }
    signatures(found.get());
    servers(found.get(), wanted);
    order(found.get(), wanted.priority());
  }

  private void signatures(ConfRepository repository) {
    if (repository.sigLevel().demandsTrustedSignatures()) {
      return;
    }
    String said = repository.sigLevelSaid() ? "" : ", as nothing else is said in its section";
    note(
        "pacman-conf-weak-siglevel",
        repository.where(),
        "[" + repository.name() + "] takes " + weakness(repository.sigLevel()) + said,
        "in force: " + repository.sigLevel(),
        "For a repository whose databases are signed write: SigLevel = Required TrustedOnly");
  }

  private static String weakness(SigLevel level) {
    if (level.packages() != SigLevel.Check.REQUIRED) {
      return "packages without a signature";
    }
    if (level.databases() != SigLevel.Check.REQUIRED) {
      return "databases without a signature";
    }
    return "signatures of keys that nobody trusts";
  }

  private void servers(ConfRepository repository, Wanted wanted) {
    List<String> published = wanted.servers().stream().map(ServerUrl::value).toList();
    List<String> foreign =
        repository.servers().stream()
            .map(s -> s.length() > 1 ? s.replaceAll("/+$", "") : s)
            .filter(s -> !published.contains(s))
            .toList();
    if (!foreign.isEmpty() && !published.isEmpty()) {
      note(
          "pacman-conf-other-server",
          repository.where(),
          "[" + repository.name() + "] asks servers that are not those of the publisher",
          "here: " + String.join(", ", foreign),
          "published: " + String.join(", ", published));
    }
  }

  private void order(ConfRepository repository, DropInPriority priority) {
    int own = conf.repositories().indexOf(repository);
    for (int i = 0; i < conf.repositories().size(); i++) {
      ConfRepository other = conf.repositories().get(i);
      boolean wrong = priority == DropInPriority.OVERRIDE ? i < own : i > own;
      if (wrong && OfficialDropIns.isOfficial(other.name())) {
        String place = priority == DropInPriority.OVERRIDE ? "after" : "before";
        note(
            "pacman-conf-order",
            repository.where(),
            "[" + repository.name() + "] stands " + place + " [" + other.name() + "]",
            "What both have comes from ["
                + (priority == DropInPriority.OVERRIDE ? other.name() : repository.name())
                + "], whatever the versions.",
            "that one: " + other.where());
      }
    }
  }

  private void shadows(Optional<String> about) {
    List<Shadows.Offer> offers = new ArrayList<>();
    for (ConfRepository repository : conf.repositories()) {
      packages(repository).ifPresent(p -> offers.add(new Shadows.Offer(repository, p)));
    }
    for (Finding finding : new Shadows(offers).findings(about)) {
      findings.add(new ConfFinding(Effect.NOTED, finding));
    }
  }

  /** What the client's own copy of a database names; nothing if it was never fetched. */
  private Optional<Map<PackageName, PackageVersion>> packages(ConfRepository repository) {
    Path file = conf.databasePath().resolve("sync").resolve(repository.name() + ".db");
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      Map<PackageName, PackageVersion> packages = new HashMap<>();
      DatabaseReader.read(file, ReadLimits.database())
          .database()
          .entries()
          .forEach(e -> packages.put(e.name(), e.version()));
      return Optional.of(packages);
    } catch (IOException | RefusedException e) {
      note(
          "pacman-conf-database-unreadable",
          file.toString(),
          "the client's copy of the database cannot be read",
          String.valueOf(e.getMessage()),
          "Fetch it anew: pacman -Syy");
      return Optional.empty();
    }
  }

  private void note(String id, String subject, String reason, String... details) {
    findings.add(new ConfFinding(Effect.NOTED, Finding.of(id, subject, reason, details)));
  }
}
