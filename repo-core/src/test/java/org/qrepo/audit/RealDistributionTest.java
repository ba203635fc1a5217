package org.qrepo.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.Tools;
import org.qrepo.audit.PacmanLab.Answer;
import org.qrepo.audit.Resolver.Resolution;
import org.qrepo.database.DatabaseReader;
import org.qrepo.database.ReadLimits;

/** The databases of a real distribution, and real repositories beside it, as pacman sees them. */
class RealDistributionTest {
  @TempDir private Path scratch;

  @Test
  void aRepositoryOfAnotherPublisher() throws IOException {
    Path ctlos = Tools.realRepository("ctlos").resolve("ctlos_repo.db");
    AuditReport report = agree(read("ctlos_repo", ctlos), Priority.SUPPLEMENT, 1);
    assertThat(report.packages()).isGreaterThan(20);
    assertThat(report.breaks()).isTrue();
  }

  @Test
  void aRepositoryOfTheDistributionItself() throws IOException {
    SyncDatabase multilib = read("multilib", archdb("multilib"));
    AuditReport report = agree(multilib, Priority.OVERRIDE, 7);
    assertThat(report.broken()).isBetween(1L, report.packages() / 2L);
  }

  /**
   * Asks about every n-th package.
   *
   * @param step to ask about all takes a minute
   */
  private AuditReport agree(SyncDatabase published, Priority priority, int step)
      throws IOException {
    List<SyncDatabase> distribution =
        List.of(read("core", archdb("core")), read("extra", archdb("extra")));
    Audit audit = new Audit(published, distribution, Worlds.MACHINE);
    Universe universe = audit.universe(priority);
    List<Offer> all = universe.of(published.name());
    List<Offer> asked =
        IntStream.range(0, all.size()).filter(i -> i % step == 0).mapToObj(all::get).toList();
    PacmanLab lab = new PacmanLab(scratch, audit.repositories(priority));
    asked.forEach(offer -> lab.askWhatIsInstalled(offer.repository() + "/" + offer.name()));
    List<Answer> answers = lab.answers();
    assertThat(answers).hasSameSizeAs(asked);
    List<String> differing = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      List<String> expected = expected(universe, asked.get(i));
      List<String> said =
          answers.get(i).lines().stream().filter(l -> !l.contains("error:")).toList();
      if (!List.copyOf(said).stream().sorted().toList().equals(expected)) {
        differing.add(asked.get(i) + ": " + said + " instead of " + expected);
      }
    }
    assertThat(differing).isEmpty();
    return audit.run(priority);
  }

  private static List<String> expected(Universe universe, Offer offer) {
    Resolution resolution = Resolver.resolve(universe, offer, new Effort());
    return (resolution.succeeds()
            ? resolution.offers().stream().map(o -> o.repository() + "/" + o.name())
            : resolution.missing().stream().map(Missing::sentence))
        .sorted()
        .toList();
  }

  private static Path archdb(String name) {
    return Tools.realRepository("archdb").resolve(name + ".db");
  }

  private static SyncDatabase read(String name, Path file) throws IOException {
    return new SyncDatabase(name, DatabaseReader.read(file, ReadLimits.database()).database());
  }
}
