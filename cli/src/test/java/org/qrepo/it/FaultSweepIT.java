package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.alpm.PackageName;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.database.DescOptions;
import org.qrepo.io.Compression;
import org.qrepo.publish.Change;
import org.qrepo.publish.Events;
import org.qrepo.publish.Layout;
import org.qrepo.publish.Publisher.Approval;
import org.qrepo.publish.Publisher.Settings;
import org.qrepo.publish.Receipt;
import org.qrepo.publish.RepositoryName;
import org.qrepo.publish.RepositorySpec;
import org.qrepo.publish.SeenDirectory;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreKey;
import org.qrepo.sign.NewKey;
import org.qrepo.sign.TestKeys;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.Verb;
import org.qrepo.store.ground.Extent;
import org.qrepo.store.ground.Ground;
import org.qrepo.store.ground.Grounds;

/**
 * Every second store call of a publish on a disk fails in turn, in one of the ways to fail, or as
 * many as {@link Extent} says on every store; and a real pacman with {@code SigLevel = Required}
 * judges what is left, through the store's public side: it syncs and installs, the old version or
 * the new one, or a plain commit has begun. The publish run again completes.
 */
class FaultSweepIT {
  private static final Extent EXTENT = Extent.chosen();

  private static final List<FaultyStore.Mode> MODES = List.of(FaultyStore.Mode.values());

  /** Sampled: each way to fail takes calls that the others leave out. */
  private static final int STRIDE =
      switch (EXTENT) {
        case FEW -> 2 * MODES.size();
        case MANY -> 4 * MODES.size();
        case ALL -> 1;
      };

  private static final Optional<StoreKey> DATABASE = Optional.of(new StoreKey("t.db"));

  private final Scratch scratch = new Scratch();
  private final NewKey key = TestKeys.ed25519();

  @AfterEach
  void tidy() {
    scratch.close();
  }

  static Stream<Arguments> sweeps() {
    return Grounds.chosen()
        .filter(kind -> EXTENT != Extent.FEW || kind == Grounds.LOCAL)
        .flatMap(kind -> MODES.stream().map(mode -> Arguments.of(kind, mode)));
  }

  @ParameterizedTest(name = "{0}, call fails {1}")
  @MethodSource("sweeps")
  void pacmanInstallsFromEveryStateThatAFaultLeaves(Grounds kind, FaultyStore.Mode mode)
      throws IOException {
    Ground ground = kind.get();
    Path trees = ground.folder("faults-" + mode);
    Layout layout = Layout.valueOf(kind.layouts().get(0).toUpperCase(Locale.ROOT));
    Path certificate = scratch.file("t.asc", key.certificate());
    Path old = SamplePackage.of("a", "1-1").file("usr/share/a", "1").writeTo(scratch.folder("in"));
    Change update =
        new Change(
            List.of(
                SamplePackage.of("a", "2-1").file("usr/share/a", "2").writeTo(scratch.folder("in")),
                SamplePackage.of("b", "1-1")
                    .file("usr/share/b", "1")
                    .writeTo(scratch.folder("in"))),
            Set.of(new PackageName("gone")),
            Change.Options.NONE);
    Path gone = SamplePackage.of("gone", "1-1").writeTo(scratch.folder("in"));
    int tried = 0;
    int begun = 0;
    try (PacmanClient client =
        new PacmanClient(scratch.path().resolve("c"), "t", ground.site(trees), certificate)) {
      int points = STRIDE * MODES.indexOf(mode) / MODES.size();
      for (boolean reached = true; reached; points += STRIDE, tried++) {
        Path tree = trees.resolve("tree" + points);
        publish(ground, layout, tree, Change.adding(List.of(old, gone)));
        FaultyStore faulty = new FaultyStore(ground.open(tree), points + 1, mode);
        try (faulty) {
          publish(faulty, layout, tree, update);
        } catch (IOException e) {
          assertThat(e).hasMessageContaining("fault made");
        }
        reached = faulty.count() > points;
        client.ask(ground.site(tree));
        String after = "after call " + (points + 1) + " of " + faulty.calls();
        if (isRefused(client, layout, faulty, after)) {
          begun++;
        } else {
          assertThat(client.list()).as(after).containsAnyOf("a 1-1", "a 2-1");
          client.install("a").expectSuccess();
          assertThat(client.installed()).as(after).containsAnyOf("a 1-1", "a 2-1");
        }

        Receipt completed = publish(ground, layout, tree, update);
        assertThat(completed.isConfirmed()).isTrue();
        client.run("-Syy").expectSuccess();
        assertThat(client.list()).as(after).containsExactly("a 2-1", "b 1-1");
        client.install("a", "b").expectSuccess();
        assertThat(client.installed()).as(after).containsExactly("a 2-1", "b 1-1");
        client.remove("a", "b").expectSuccess();
      }
    }
    assertThat(tried * STRIDE).isGreaterThan(40);
    KillGround.remove(trees);
    System.out.printf(
        "fault sweep with pacman: %s, %s, call fails %s: %d points, %d that clients refuse%n",
        kind, layout, mode, tried - 1, begun);
  }

  /** Only a commit of the plain layout that has begun may be the reason. */
  private static boolean isRefused(
      PacmanClient client, Layout layout, FaultyStore faulty, String after) {
    Command.Output sync = client.run("-Syy");
    if (layout == Layout.POINTER || sync.code() == 0) {
      sync.expectSuccess();
      return false;
    }
    assertThat(faulty.calls())
        .as(after + sync)
        .anyMatch(call -> call.verb() == Verb.SWAP && call.key().equals(DATABASE));
    return true;
  }

  private Receipt publish(Ground ground, Layout layout, Path tree, Change change)
      throws IOException {
    try (Store store = ground.open(tree)) {
      return publish(store, layout, tree, change);
    }
  }

  private Receipt publish(Store store, Layout layout, Path tree, Change change) throws IOException {
    RepositorySpec spec =
        new RepositorySpec(
            new RepositoryName("t"),
            Optional.empty(),
            layout,
            Compression.GZIP,
            DescOptions.DEFAULT,
            true);
    return new org.qrepo.publish.Publisher(
            spec,
            store,
            TestKeys.verifier(key),
            () -> TestKeys.signer(key),
            Optional.empty(),
            new SeenDirectory(scratch.path().resolve("seen-" + tree.getFileName())),
            Events.NONE,
            new Settings(
                scratch.path().resolve("work"),
                InstantSource.system(),
                duration -> {},
                Duration.ofSeconds(20),
                5,
                2,
                false))
        .publish(change, Approval.ANY);
  }
}
