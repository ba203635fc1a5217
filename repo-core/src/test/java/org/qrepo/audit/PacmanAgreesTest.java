package org.qrepo.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.FuzzRounds;
import org.qrepo.audit.PacmanLab.Answer;
import org.qrepo.audit.Resolver.Resolution;
import org.qrepo.audit.Upgrades.Move;
import org.qrepo.database.DatabaseEntry;

/**
 * In many small worlds the real pacman is asked, with the same databases, what it would do; it must
 * agree with each verdict.
 */
class PacmanAgreesTest {
  private static final int WORLDS = 220;

  /** A world takes 40 ms, so the rounds of tests that run nothing would take half an hour. */
  private static final int MOST_WORLDS = 2000;

  @TempDir private Path scratch;

  private final AtomicInteger installable = new AtomicInteger();
  private final AtomicInteger not = new AtomicInteger();
  private final AtomicInteger conflicting = new AtomicInteger();
  private final AtomicInteger moves = new AtomicInteger();
  private final AtomicInteger breakages = new AtomicInteger();

  @Test
  void inEveryWorld() {
    int worlds = Math.min(FuzzRounds.atLeast(WORLDS), MOST_WORLDS);
    LongStream.range(0, worlds).parallel().forEach(this::compare);
    System.out.printf(
        "pacman agrees in %d worlds: %d packages install (%d with conflicts), %d do not, %d are"
            + " upgraded or replaced, %d upgrades break%n",
        worlds, installable.get(), conflicting.get(), not.get(), moves.get(), breakages.get());
    // The worlds are worth something only if all of this happens in them, often.
    assertThat(installable.get()).as("installable").isGreaterThan(worlds);
    assertThat(not.get()).as("not installable").isGreaterThan(worlds / 2);
    assertThat(conflicting.get()).as("with conflicts").isGreaterThan(worlds / 20);
    assertThat(moves.get()).as("replaced or upgraded").isGreaterThan(worlds / 2);
    assertThat(breakages.get()).as("breakages").isGreaterThan(worlds / 12);
  }

  private void compare(long seed) {
    Priority priority = seed % 2 == 0 ? Priority.SUPPLEMENT : Priority.OVERRIDE;
    Audit audit = Worlds.random(seed);
    World world = new World(seed, audit, priority);
    for (Offer offer : world.universe.of("mine")) {
      install(world, offer);
    }
    for (Offer offer : world.universe.offers()) {
      if (isKnownTwice(world.universe, offer) || seed % 4 == 0) {
        upgrade(world, offer);
      }
    }
    world.ask();
  }

  /** Only then something can happen to it; a few others are looked at nevertheless. */
  private static boolean isKnownTwice(Universe universe, Offer offer) {
    String name = offer.name().value();
    return universe.named(name).size() > 1 || !universe.replacing(name).isEmpty();
  }

  private void install(World world, Offer offer) {
    String target = offer.repository() + "/" + offer.name();
    Resolution resolution = Resolver.resolve(world.universe, offer, new Effort());
    List<AuditFinding> findings = world.findings(offer);
    if (findings.stream().anyMatch(f -> f.trouble() == Trouble.PACKAGE_ARCHITECTURE)) {
      world.lab.askWhatIsInstalled(target);
      world.expect(
          answer ->
              assertThat(answer.lines(":: package"))
                  .containsExactly(
                      ":: package %s-%s-i686 does not have a valid architecture"
                          .formatted(offer.name(), offer.version())));
      return;
    }
    world.lab.askWhatIsInstalled(target);
    if (resolution.succeeds()) {
      installable.incrementAndGet();
      world.expect(
          answer ->
              assertThat(answer.lines())
                  .containsExactlyInAnyOrderElementsOf(
                      resolution.offers().stream()
                          .map(o -> o.repository() + "/" + o.name())
                          .toList()));
      conflicts(world, offer, resolution, findings);
    } else {
      not.incrementAndGet();
      assertThat(findings).as("%s %s", world.seed, offer).anyMatch(AuditFinding::breaks);
      world.expect(
          answer ->
              assertThat(answer.lines(":: "))
                  .containsExactlyElementsOf(
                      resolution.missing().stream().map(Missing::sentence).toList()));
    }
  }

  private void conflicts(
      World world, Offer offer, Resolution resolution, List<AuditFinding> findings) {
    Conflicts.Outcome outcome = Conflicts.settle(world.universe, resolution.offers(), new Effort());
    boolean arrives = outcome.succeeds() && outcome.installed().contains(offer);
    assertThat(findings.stream().noneMatch(f -> f.trouble() == Trouble.CONFLICT))
        .as("%s %s %s", world.seed, offer, findings)
        .isEqualTo(arrives);
    assertThat(findings.stream().filter(AuditFinding::breaks).map(AuditFinding::trouble))
        .doesNotContain(
            Trouble.DEPENDENCY_BOUND,
            Trouble.DEPENDENCY_SONAME,
            Trouble.DEPENDENCY_MISSING,
            Trouble.DEPENDENCY_BROKEN,
            Trouble.DEPENDENCY_ORDER);
    if (!outcome.succeeds() || !outcome.dropped().isEmpty()) {
      conflicting.incrementAndGet();
    }
    world.lab.askToInstall(offer.repository() + "/" + offer.name());
    world.expect(
        answer -> {
          List<String> warnings = answer.lines("from target list");
          assertThat(warnings)
              .containsExactlyElementsOf(
                  outcome.dropped().stream().map(Conflicts.Dropped::sentence).toList());
          if (outcome.clash().isPresent()) {
            assertThat(answer.lines("are in conflict"))
                .containsExactly(outcome.clash().get().sentence());
          } else if (!outcome.missing().isEmpty()) {
            assertThat(answer.lines(":: unable"))
                .containsExactlyInAnyOrderElementsOf(
                    outcome.missing().stream().map(Missing::sentence).toList());
          } else {
            assertThat(answer.packages())
                .hasValueSatisfying(
                    packages ->
                        assertThat(packages)
                            .containsExactlyInAnyOrderElementsOf(
                                outcome.installed().stream()
                                    .map(o -> o.name() + "-" + o.version())
                                    .toList()));
          }
        });
  }

  private void upgrade(World world, Offer offer) {
    Upgrades upgrades = new Upgrades(world.universe, new Effort());
    Optional<Move> move = upgrades.of(offer);
    if (move.stream().flatMap(m -> m.by().stream()).anyMatch(PacmanAgreesTest::isForOthers)) {
      return;
    }
    world.lab.askWhatReplaces(world.entry(offer));
    world.expect(
        answer ->
            assertThat(answer.lines())
                .containsExactlyInAnyOrderElementsOf(
                    move.stream()
                        .flatMap(m -> m.by().stream())
                        .map(o -> o.repository() + "/" + o.name())
                        .toList()));
    if (move.isPresent()) {
      moves.incrementAndGet();
      for (Upgrades.Broken broken : upgrades.broken(move.get())) {
        breakage(world, move.get(), broken);
      }
    }
  }

  /** pacman looks at this before all else. */
  private static boolean isForOthers(Offer offer) {
    return offer.architecture().filter("i686"::equals).isPresent();
  }

  /** Where the two are installed, the upgrade fails for that; or before, for what it needs. */
  private void breakage(World world, Move move, Upgrades.Broken broken) {
    world.lab.askToUpgrade(world.entry(move.installed()), world.entry(broken.need().by()));
    world.expect(
        answer -> {
          if (answer.lines(":: unable to satisfy").isEmpty()) {
            breakages.incrementAndGet();
            assertThat(answer.lines(" breaks dependency ")).contains(broken.sentence());
          }
        });
  }

  /** One world, what was asked in it, and what the answers must be. */
  private final class World {
    final long seed;
    final Universe universe;
    final PacmanLab lab;
    private final Audit audit;
    private final AuditReport report;
    private final List<Expectation> expectations = new ArrayList<>();

    World(long seed, Audit audit, Priority priority) {
      this.seed = seed;
      this.audit = audit;
      this.universe = audit.universe(priority);
      this.report = audit.run(priority);
      this.lab = new PacmanLab(scratch.resolve("w" + seed), audit.repositories(priority));
    }

    List<AuditFinding> findings(Offer offer) {
      return report.findings().stream().filter(f -> f.name().equals(offer.name())).toList();
    }

    DatabaseEntry entry(Offer offer) {
      return audit.repositories(Priority.SUPPLEMENT).stream()
          .filter(r -> r.name().equals(offer.repository()))
          .flatMap(r -> r.database().entry(offer.name()).stream())
          .findFirst()
          .orElseThrow();
    }

    void expect(Expectation expectation) {
      expectations.add(expectation);
    }

    void ask() {
      List<Answer> answers = lab.answers();
      assertThat(answers).hasSameSizeAs(expectations);
      for (int i = 0; i < answers.size(); i++) {
        Answer answer = answers.get(i);
        try {
          expectations.get(i).check(answer);
        } catch (AssertionError e) {
          throw new AssertionError("seed " + seed + ", pacman says:\n" + answer.text(), e);
        }
      }
    }
  }

  /** What pacman should say. */
  @FunctionalInterface
  private interface Expectation {
    void check(Answer answer);
  }
}
