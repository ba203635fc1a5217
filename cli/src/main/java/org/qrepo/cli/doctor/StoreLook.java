package org.qrepo.cli.doctor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.publish.Generation;
import org.qrepo.publish.Layout;
import org.qrepo.publish.Part;
import org.qrepo.publish.PublicCheck;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;

/** Looks at what lies in the store: whether it verifies, and whether its layout is the wanted. */
final class StoreLook {
  private static final Pattern GENERATION = Pattern.compile("generations/[0-9a-f]{16}");
  private static final StoreKey POINTER = new StoreKey("current");

  private final OpenTarget target;
  private final List<Result> results = new ArrayList<>();
  private Optional<Generation> live = Optional.empty();

  private StoreLook(OpenTarget target) {
    this.target = target;
  }

  /**
   * What was seen.
   *
   * @param live the generation in the store, if it verifies
   */
  record Seen(List<Result> results, Optional<Generation> live) {
    Seen {
      results = List.copyOf(results);
    }
  }

  static Seen of(OpenTarget target) throws IOException {
    StoreLook look = new StoreLook(target);
    try {
      look.database();
      if (look.live.isPresent()) {
        look.layout();
        look.clients();
      }
    } catch (StoreException e) {
      look.results.add(
          Result.error(
              "store-failed", target.location(), "cannot be read", String.valueOf(e.getMessage())));
    }
    return new Seen(look.results, look.live);
  }

  private void database() throws IOException {
    String name = databaseKey().value();
    try {
      live = target.history().live();
      results.add(
          live.map(
                  g ->
                      Result.ok(
                          "database",
                          name,
                          "generation " + g.id() + " (seq " + g.sequence() + ") verifies"))
              .orElseGet(
                  () ->
                      Result.warning(
                          "database-missing",
                          name,
                          "nothing is published at " + target.location() + " yet")));
    } catch (RefusedException e) {
      e.findings().forEach(f -> results.add(Result.error(f)));
    }
  }

  private StoreKey databaseKey() {
    return new StoreKey(Part.DATABASE.fileName(target.spec().name()));
  }

  private void layout() throws StoreException {
    if (!target.store().traits().links()) {
      results.add(Result.ok("layout", target.location(), "plain: the store has no links"));
      return;
    }
    Optional<String> pointer = target.store().readLink(POINTER);
    boolean leads =
        target.store().readLink(databaseKey()).equals(Optional.of(POINTER + "/" + databaseKey()));
    boolean wanted = target.spec().layout() == Layout.POINTER;
    if (pointer.isPresent() && !GENERATION.matcher(pointer.get()).matches()) {
      results.add(
          Result.error(
              "layout-pointer",
              POINTER.value(),
              "points at " + pointer.get() + ", which is no generation",
              "Publish again; it points the link at the live generation."));
    } else if (wanted != (pointer.isPresent() && leads)) {
      results.add(
          Result.warning(
              "layout-other",
              target.location(),
              "the store has the "
                  + (wanted ? "plain" : "pointer")
                  + " layout, and the configuration says "
                  + (wanted ? "pointer" : "plain"),
              "The next publish that changes something brings it to the configured layout."));
    } else {
      results.add(
          Result.ok("layout", target.location(), wanted ? "pointer, as configured" : "plain"));
    }
  }

  /** As clients do it, with nothing but the certificates. */
  private void clients() throws IOException {
    PublicCheck.Report report = target.check(new PublicCheck.Depth.Databases());
    for (Finding finding : report.findings()) {
      results.add(Result.error(finding));
    }
    if (report.findings().isEmpty()) {
      results.add(
          Result.ok("clients", report.location(), "databases and signatures match for clients"));
    }
  }
}
