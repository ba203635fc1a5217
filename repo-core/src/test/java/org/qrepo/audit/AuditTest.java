package org.qrepo.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.qrepo.audit.Worlds.audit;
import static org.qrepo.audit.Worlds.entry;
import static org.qrepo.audit.Worlds.repository;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.RefusedException;
import org.qrepo.database.Database;
import org.qrepo.database.DatabaseEntry;

/** Each kind of finding, with the real pacman saying the sentence that it promises. */
class AuditTest {
  @TempDir private Path scratch;

  @Test
  void aBoundThatTheDistributionHasOutrun() {
    DatabaseEntry gui = entry("gui", "4.3-1", "depend = pulseaudio<17.1");
    Audit audit =
        audit(repository("mine", gui), repository("extra", entry("pulseaudio", "17.1-1")));
    AuditFinding finding = only(audit.run(Priority.SUPPLEMENT));
    assertThat(finding.trouble()).isEqualTo(Trouble.DEPENDENCY_BOUND);
    assertThat(finding.severity()).isEqualTo(Severity.BREAKS);
    assertThat(finding.about()).isEqualTo("pulseaudio<17.1");
    assertThat(finding.reason())
        .isEqualTo("needs 'pulseaudio<17.1', but there is only extra/pulseaudio 17.1-1");
    PacmanLab lab = lab(audit, Priority.SUPPLEMENT);
    lab.askToUpgrade(gui, entry("pulseaudio", "17.0-1"));
    lab.askWhatIsInstalled("mine/gui");
    assertThat(sentences(lab)).containsExactlyElementsOf(finding.sentences());
  }

  @Test
  void aLibraryWithAnotherSoname() {
    DatabaseEntry gui = entry("gui", "4.3-1", "depend = libx.so=1-64");
    Audit audit =
        audit(
            repository("mine", gui),
            repository("extra", entry("x", "2-1", "provides = libx.so=2-64")));
    AuditFinding finding = only(audit.run(Priority.SUPPLEMENT));
    assertThat(finding.trouble()).isEqualTo(Trouble.DEPENDENCY_SONAME);
    assertThat(finding.reason())
        .isEqualTo("needs 'libx.so=1-64', but there is only extra/x 2-1 with 'libx.so=2-64'");
    assertThat(finding.remedy()).isEqualTo("rebuild it against extra/x 2-1");
    PacmanLab lab = lab(audit, Priority.SUPPLEMENT);
    lab.askToUpgrade(gui, entry("x", "1-1", "provides = libx.so=1-64"));
    lab.askWhatIsInstalled("mine/gui");
    assertThat(sentences(lab)).containsExactlyElementsOf(finding.sentences());
  }

  /**
   * A bound from below never breaks an upgrade: what is installed is newer than what is offered.
   */
  @Test
  void aBoundThatTheDistributionHasNotReached() {
    DatabaseEntry gui = entry("gui", "4.3-1", "depend = foo>=2");
    Audit audit = audit(repository("mine", gui), repository("extra", entry("foo", "1-1")));
    AuditFinding finding = only(audit.run(Priority.SUPPLEMENT));
    assertThat(finding.trouble()).isEqualTo(Trouble.DEPENDENCY_BOUND);
    PacmanLab lab = lab(audit, Priority.SUPPLEMENT);
    lab.askToUpgrade(gui, entry("foo", "2-1"));
    lab.askWhatIsInstalled("mine/gui");
    assertThat(sentences(lab)).containsExactlyElementsOf(finding.sentences()).hasSize(1);
  }

  @Test
  void whatNobodyProvidesAndWhatFollowsFromIt() {
    Audit audit =
        audit(
            repository(
                "mine",
                entry("base", "1-1", "depend = gone"),
                entry("tool", "1-1", "depend = base", "depend = base")),
            repository("extra", entry("other", "1-1")));
    AuditReport report = audit.run(Priority.SUPPLEMENT);
    assertThat(report.findings())
        .extracting(AuditFinding::trouble)
        .containsExactly(Trouble.DEPENDENCY_MISSING, Trouble.DEPENDENCY_BROKEN);
    assertThat(report.findings().get(1).remedy()).isEqualTo("mend mine/base 1-1 first");
    assertThat(report.broken()).isEqualTo(2);
    assertThat(report.rebuilds()).containsExactly(rebuild("base"));
    PacmanLab lab = lab(audit, Priority.SUPPLEMENT);
    lab.askWhatIsInstalled("mine/tool");
    assertThat(sentences(lab)).containsAll(report.findings().get(1).sentences());
  }

  /** Each dependency names its own cause. */
  @Test
  void twoDependenciesThatCannotBeInstalled() {
    Audit audit =
        audit(
            repository("mine", entry("gui", "1-1", "depend = one", "depend = two")),
            repository(
                "core",
                entry("one", "1-1", "depend = gone-one"),
                entry("two", "1-1", "depend = gone-two")));
    AuditReport report = audit.run(Priority.SUPPLEMENT);
    assertThat(report.findings())
        .extracting(AuditFinding::remedy)
        .containsExactly("mend core/one 1-1 first", "mend core/two 1-1 first");
    PacmanLab lab = lab(audit, Priority.SUPPLEMENT);
    lab.askWhatIsInstalled("mine/gui");
    assertThat(sentences(lab))
        .containsExactlyElementsOf(
            report.findings().stream().flatMap(f -> f.sentences().stream()).toList());
  }

  /** The package would be there, but its name is settled by what was chosen for another. */
  @Test
  void anOrderInWhichPacmanFindsNoWay() {
    Audit audit =
        audit(
            repository(
                "mine",
                entry("gui", "1-1", "depend = bar", "depend = foo>=2"),
                entry("foo", "2-1")),
            repository("core", entry("foo", "1-1"), entry("bar", "1-1", "depend = foo")));
    AuditReport report = audit.run(Priority.SUPPLEMENT);
    AuditFinding finding = of(report, "gui");
    assertThat(finding.trouble()).isEqualTo(Trouble.DEPENDENCY_ORDER);
    assertThat(of(report, "foo").trouble()).isEqualTo(Trouble.PACKAGE_SHADOWED);
    assertThat(report.elsewhere().gone()).contains(finding);
    assertThat(audit.run(Priority.OVERRIDE).findings()).isEmpty();
    PacmanLab lab = lab(audit, Priority.SUPPLEMENT);
    lab.askWhatIsInstalled("mine/gui");
    assertThat(sentences(lab)).containsExactlyElementsOf(finding.sentences());
  }

  /** A package for the old version helps who installs anew, and not who has the old one. */
  @Test
  void aCompatiblePackageThatUpgradesDoNotPullIn() {
    DatabaseEntry gui = entry("gui", "1-1", "depend = foo=1");
    Audit audit =
        audit(
            repository("mine", gui, entry("foo1", "1-1", "provides = foo=1")),
            repository("core", entry("foo", "2-1")));
    AuditReport report = audit.run(Priority.SUPPLEMENT);
    AuditFinding finding = only(report);
    assertThat(finding.trouble()).isEqualTo(Trouble.DEPENDENCY_OUTRUN);
    assertThat(finding.severity()).isEqualTo(Severity.WARNS);
    assertThat(report.breaks()).isFalse();
    PacmanLab lab = lab(audit, Priority.SUPPLEMENT);
    lab.askToUpgrade(gui, entry("foo", "1-1"));
    assertThat(sentences(lab)).containsExactlyElementsOf(finding.sentences());
  }

  @Test
  void aPublishedPackageThatAnUpgradeTakesFromAnother() {
    DatabaseEntry gui = entry("gui", "1-1", "depend = foo=1");
    DatabaseEntry foo = entry("foo", "1-1");
    Audit audit = audit(repository("mine", gui, foo), repository("core", entry("foo", "2-1")));
    AuditReport report = audit.run(Priority.SUPPLEMENT);
    AuditFinding finding = of(report, "gui");
    assertThat(finding.trouble()).isEqualTo(Trouble.DEPENDENCY_OUTRUN);
    assertThat(finding.breaks()).isTrue();
    assertThat(of(report, "foo").trouble()).isEqualTo(Trouble.PACKAGE_OUTDATED);
    PacmanLab lab = lab(audit, Priority.SUPPLEMENT);
    lab.askToUpgrade(gui, foo);
    assertThat(sentences(lab)).containsExactlyElementsOf(finding.sentences());
  }

  @Test
  void aNewerPackageOfTheSameName() {
    DatabaseEntry tool = entry("tool", "1-1");
    Audit audit = audit(repository("mine", tool), repository("extra", entry("tool", "1:0.5-1")));
    AuditFinding finding = only(audit.run(Priority.SUPPLEMENT));
    assertThat(finding.trouble()).isEqualTo(Trouble.PACKAGE_OUTDATED);
    assertThat(finding.breaks()).isTrue();
    AuditFinding behind = only(audit.run(Priority.OVERRIDE));
    assertThat(behind.trouble()).isEqualTo(Trouble.PACKAGE_BEHIND);
    assertThat(behind.breaks()).isFalse();
    PacmanLab last = lab(audit, Priority.SUPPLEMENT);
    last.askWhatReplaces(tool);
    assertThat(last.answers().get(0).lines()).containsExactly("extra/tool");
    PacmanLab first = lab(audit, Priority.OVERRIDE);
    first.askWhatReplaces(tool);
    assertThat(first.answers().get(0).lines()).isEmpty();
  }

  @Test
  void anOlderOrEqualPackageOfTheSameName() {
    DatabaseEntry tool = entry("tool", "2-1");
    Audit audit = audit(repository("mine", tool), repository("extra", entry("tool", "1-1")));
    AuditFinding finding = only(audit.run(Priority.SUPPLEMENT));
    assertThat(finding.trouble()).isEqualTo(Trouble.PACKAGE_SHADOWED);
    assertThat(finding.breaks()).isFalse();
    assertThat(audit.run(Priority.OVERRIDE).findings()).isEmpty();
    PacmanLab lab = lab(audit, Priority.SUPPLEMENT);
    lab.askWhatIsInstalled("tool");
    assertThat(lab.answers().get(0).lines()).containsExactly("extra/tool");
    Audit equal = audit(repository("mine", tool), repository("extra", entry("tool", "2-1")));
    assertThat(only(equal.run(Priority.SUPPLEMENT)).sentences()).isEmpty();
  }

  @Test
  void aReplacementWithItsQuestion() {
    DatabaseEntry tool = entry("tool", "2-1");
    Audit audit =
        audit(
            repository("mine", tool),
            repository("extra", entry("new-tool", "1-1", "replaces = tool<3")));
    AuditFinding finding = only(audit.run(Priority.SUPPLEMENT));
    assertThat(finding.trouble()).isEqualTo(Trouble.PACKAGE_REPLACED);
    assertThat(finding.sentences()).containsExactly(":: Replace tool with extra/new-tool? [Y/n]");
    assertThat(audit.run(Priority.OVERRIDE).findings()).isEmpty();
    PacmanLab lab = lab(audit, Priority.SUPPLEMENT);
    lab.askWhatReplaces(tool);
    assertThat(lab.answers().get(0).lines()).containsExactly("extra/new-tool");
    Audit bounded =
        audit(
            repository("mine", tool),
            repository("extra", entry("new-tool", "1-1", "replaces = tool<2")));
    assertThat(bounded.run(Priority.SUPPLEMENT).findings()).isEmpty();
    Audit provided =
        audit(
            repository("mine", entry("tool", "2-1", "provides = kit")),
            repository("extra", entry("new-tool", "1-1", "replaces = kit")));
    assertThat(provided.run(Priority.SUPPLEMENT).findings()).isEmpty();
  }

  @Test
  void conflictsAmongWhatIsNeeded() {
    Audit audit =
        audit(
            repository("mine", entry("gui", "1-1", "depend = foo", "depend = bar")),
            repository("core", entry("foo", "1-1"), entry("bar", "1-1", "conflict = foo>=1")));
    AuditFinding finding = only(audit.run(Priority.SUPPLEMENT));
    assertThat(finding.trouble()).isEqualTo(Trouble.CONFLICT);
    PacmanLab lab = lab(audit, Priority.SUPPLEMENT);
    lab.askToInstall("mine/gui");
    assertThat(lab.answers().get(0).lines(" are in conflict"))
        .containsExactlyElementsOf(finding.sentences());
  }

  @Test
  void aPackageThatPushesOutWhatIsNeeded() {
    Audit audit =
        audit(
            repository("mine", entry("gui", "1-1", "depend = foo=1", "depend = bar")),
            repository(
                "core",
                entry("foo", "1-1"),
                entry("bar", "1-1", "conflict = foo", "provides = foo")));
    AuditFinding finding = only(audit.run(Priority.SUPPLEMENT));
    assertThat(finding.trouble()).isEqualTo(Trouble.CONFLICT);
    PacmanLab lab = lab(audit, Priority.SUPPLEMENT);
    lab.askToInstall("mine/gui");
    assertThat(lab.answers().get(0).lines()).containsAll(finding.sentences());
  }

  @Test
  void aConflictThatOnlyTheDistributionKnowsOf() {
    DatabaseEntry tool = entry("tool", "2-1");
    SyncDatabase extra = repository("extra", entry("other", "2-1", "conflict = tool"));
    Audit audit = audit(repository("mine", tool), extra);
    AuditFinding finding = only(audit.run(Priority.SUPPLEMENT));
    assertThat(finding.trouble()).isEqualTo(Trouble.CONFLICT_DECLARED);
    assertThat(finding.breaks()).isFalse();
    PacmanLab lab = lab(audit, Priority.SUPPLEMENT);
    lab.askToUpgradeForGood(tool, entry("other", "1-1"));
    assertThat(lab.answers().get(0).lines("Remove tool?"))
        .singleElement()
        .asString()
        .startsWith(finding.sentences().get(0));
    SyncDatabase knowing = repository("mine", entry("tool", "2-1", "conflict = other"));
    assertThat(audit(knowing, extra).run(Priority.SUPPLEMENT).findings()).isEmpty();
  }

  /** Only a repository that comes first can break what the distribution's packages need. */
  @Test
  void packagesOfTheDistributionThatOursWouldBreak() {
    DatabaseEntry lib = entry("lib", "2-1", "provides = lib.so=2-64");
    DatabaseEntry old = entry("lib", "1-1", "provides = lib.so=1-64");
    DatabaseEntry user = entry("user", "1-1", "depend = lib.so=1-64");
    Audit audit = audit(repository("mine", lib), repository("core", old, user));
    AuditReport first = audit.run(Priority.OVERRIDE);
    AuditFinding finding = only(first);
    assertThat(finding.trouble()).isEqualTo(Trouble.DISTRIBUTION_BROKEN);
    assertThat(first.elsewhere().gone()).containsExactly(finding);
    assertThat(first.elsewhere().added())
        .extracting(AuditFinding::trouble)
        .containsExactly(Trouble.PACKAGE_SHADOWED);
    PacmanLab lab = lab(audit, Priority.OVERRIDE);
    lab.askToUpgrade(old, user);
    assertThat(sentences(lab)).containsExactlyElementsOf(finding.sentences());
  }

  @Test
  void anotherArchitecture() {
    Audit audit =
        audit(
            repository("mine", entry("tool", "1-1", "arch = i686")),
            repository("core", entry("foo", "1-1", "arch = x86_64")));
    AuditFinding finding = only(audit.run(Priority.SUPPLEMENT));
    assertThat(finding.trouble()).isEqualTo(Trouble.PACKAGE_ARCHITECTURE);
    PacmanLab lab = lab(audit, Priority.SUPPLEMENT);
    lab.askWhatIsInstalled("mine/tool");
    assertThat(sentences(lab)).containsExactlyElementsOf(finding.sentences());
  }

  @Test
  void whatIsRebuiltAndInWhichOrder() {
    Audit audit =
        audit(
            repository(
                "mine",
                entry("a-gui", "1-1", "pkgbase = gui", "depend = core-lib", "depend = gone>=1"),
                entry("z-gui", "1-1", "pkgbase = gui", "depend = gone>=1"),
                entry("core-lib", "1-1", "depend = middle"),
                entry("middle", "1-1", "makedepend = zlib-next"),
                entry("zlib-next", "1-1", "depend = py<3"),
                entry("pinned", "1-1", "depend = zlib-next=1-1"),
                entry("unpinned", "1-1", "depend = zlib-next=1"),
                entry("fine", "1-1")),
            repository("core", entry("py", "3-1")));
    AuditReport report = audit.run(Priority.SUPPLEMENT);
    assertThat(report.rebuilds())
        .containsExactly(
            rebuild("zlib-next"),
            new Rebuild("gui", List.of(name("a-gui"), name("z-gui")), false),
            rebuild("pinned"));
  }

  @Test
  void packagesThatNeedEachOtherAreRebuiltAllTheSame() {
    Audit audit =
        audit(
            repository(
                "mine",
                entry("a", "1-1", "makedepend = b", "depend = py<3"),
                entry("b", "1-1", "makedepend = c", "depend = py<3"),
                entry("c", "1-1", "makedepend = b", "depend = py<3")),
            repository("core", entry("py", "3-1")));
    assertThat(audit.run(Priority.SUPPLEMENT).rebuilds())
        .containsExactly(new Rebuild("b", List.of(name("b")), true), rebuild("a"), rebuild("c"));
  }

  @Test
  void aRepositoryThatIsFine() {
    Audit audit =
        audit(
            repository("mine", entry("gui", "1-1", "depend = foo>=1", "optdepend = nothing: x")),
            repository("core", entry("foo", "1-1")));
    AuditReport report = audit.run(Priority.SUPPLEMENT);
    assertThat(report.breaks()).isFalse();
    assertThat(report.findings()).isEmpty();
    assertThat(report.rebuilds()).isEmpty();
    assertThat(report.order()).containsExactly("core", "mine");
    assertThat(audit.run(Priority.OVERRIDE).order()).containsExactly("mine", "core");
  }

  @Test
  void twoRepositoriesOfOneName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> audit(repository("core"), repository("core")))
        .withMessage("there are two repositories 'core'");
  }

  /** The chain is longer than any stack. */
  @Test
  @Timeout(60)
  void aChainOfManyThousandPackages() {
    List<DatabaseEntry> chain = new ArrayList<>();
    for (int i = 0; i < 6_000; i++) {
      chain.add(entry("n" + i, "1-1", "depend = n" + (i + 1)));
    }
    SyncDatabase core = new SyncDatabase("core", Database.of(chain));
    Audit audit = audit(repository("mine", entry("gui", "1-1", "depend = n0")), core);
    AuditFinding finding = only(audit.run(Priority.SUPPLEMENT));
    assertThat(finding.trouble()).isEqualTo(Trouble.DEPENDENCY_BROKEN);
    assertThat(finding.sentences()).hasSizeLessThan(10);
  }

  /** Each level is tried twice for each try of the level above. */
  @Test
  void databasesWithoutEnd() {
    List<DatabaseEntry> levels = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      levels.add(entry("a" + i, "1-1", "depend = b" + i, "depend = c" + i));
      levels.add(entry("b" + i, "1-1", "depend = a" + (i + 1)));
      levels.add(entry("c" + i, "1-1", "depend = a" + (i + 1)));
    }
    SyncDatabase core = new SyncDatabase("core", Database.of(levels));
    Audit audit = audit(repository("mine", entry("gui", "1-1", "depend = a0")), core);
    org.junit.jupiter.api.Assertions.assertTimeout(
        Duration.ofSeconds(60),
        () ->
            assertThatThrownBy(() -> audit.run(Priority.SUPPLEMENT))
                .isInstanceOfSatisfying(
                    RefusedException.class,
                    e -> assertThat(e.findings().get(0).id()).isEqualTo("audit-without-end")));
  }

  private PacmanLab lab(Audit audit, Priority priority) {
    return new PacmanLab(scratch.resolve(priority.name()), audit.repositories(priority));
  }

  /** What pacman says of dependencies, in the order of the questions. */
  private static List<String> sentences(PacmanLab lab) {
    return lab.answers().stream().flatMap(a -> a.lines(":: ").stream()).toList();
  }

  private static AuditFinding only(AuditReport report) {
    assertThat(report.findings()).hasSize(1);
    return report.findings().get(0);
  }

  private static AuditFinding of(AuditReport report, String name) {
    List<AuditFinding> findings =
        report.findings().stream().filter(f -> f.name().value().equals(name)).toList();
    assertThat(findings).hasSize(1);
    return findings.get(0);
  }

  private static Rebuild rebuild(String name) {
    return new Rebuild(name, List.of(name(name)), false);
  }

  private static org.qrepo.alpm.PackageName name(String name) {
    return new org.qrepo.alpm.PackageName(name);
  }
}
