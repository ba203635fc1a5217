package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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
import org.qrepo.sign.NewKey;
import org.qrepo.sign.TestKeys;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.local.LocalStore;

/**
 * Every store call of a publish fails in turn, and a real pacman with {@code SigLevel = Required}
 * judges what is left: it syncs and installs, the old version or the new one. The publish run again
 * completes.
 */
class FaultSweepIT {
  private final Scratch scratch = new Scratch();
  private final NewKey key = TestKeys.ed25519();

  @AfterEach
  void tidy() {
    scratch.close();
  }

  @ParameterizedTest
  @EnumSource(FaultyStore.Mode.class)
  void pacmanInstallsFromEveryStateThatAFaultLeaves(FaultyStore.Mode mode) throws IOException {
    Path certificate = scratch.file("t.asc", key.certificate());
    Path live = scratch.path().resolve("live");
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
    int points = 0;
    try (PacmanClient client =
        new PacmanClient(scratch.path().resolve("c"), "t", "file://" + live, certificate)) {
      for (boolean reached = true; reached; points++) {
        Path tree = scratch.path().resolve("tree" + points);
        publish(new LocalStore(tree), tree, Change.adding(List.of(old, gone)));
        FaultyStore faulty = new FaultyStore(new LocalStore(tree), points + 1, mode);
        try (faulty) {
          publish(faulty, tree, update);
        } catch (IOException e) {
          assertThat(e).hasMessageContaining("fault made");
        }
        reached = faulty.count() > points;
        point(live, tree);
        String after = "after call " + (points + 1) + " of " + faulty.calls();
        client.run("-Syy").expectSuccess();
        assertThat(client.list()).as(after).containsAnyOf("a 1-1", "a 2-1");
        client.install("a").expectSuccess();
        assertThat(client.installed()).as(after).containsAnyOf("a 1-1", "a 2-1");

        Receipt completed = publish(new LocalStore(tree), tree, update);
        assertThat(completed.isConfirmed()).isTrue();
        client.run("-Syy").expectSuccess();
        assertThat(client.list()).as(after).containsExactly("a 2-1", "b 1-1");
        client.install("a", "b").expectSuccess();
        assertThat(client.installed()).as(after).containsExactly("a 2-1", "b 1-1");
        client.remove("a", "b").expectSuccess();
      }
    }
    assertThat(points).isGreaterThan(40);
    System.out.printf(
        "fault sweep with pacman: pointer layout, call fails %s: %d points, pacman installed from each%n",
        mode, points - 1);
  }

  private static void point(Path link, Path target) throws IOException {
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, target);
  }

  private Receipt publish(Store store, Path tree, Change change) throws IOException {
    RepositorySpec spec =
        new RepositorySpec(
            new RepositoryName("t"),
            Optional.empty(),
            Layout.POINTER,
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
