package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.database.DescOptions;
import org.qrepo.io.Compression;
import org.qrepo.publish.Events;
import org.qrepo.publish.Layout;
import org.qrepo.publish.PrunePolicy;
import org.qrepo.publish.Pruner;
import org.qrepo.publish.RepositoryName;
import org.qrepo.publish.RepositorySpec;
import org.qrepo.publish.SeenDirectory;
import org.qrepo.publish.Store;
import org.qrepo.publish.Verifier;
import org.qrepo.sign.Keyring;
import org.qrepo.sign.KeyringVerifier;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.local.LocalStore;

/**
 * The commands that tend a repository, with a real pacman as the judge; they run where no secret
 * key is.
 */
class PruneMirrorRepairIT {
  private static final int STRIDE = Boolean.getBoolean("qrepo.full") ? 1 : 3;

  private final Scratch scratch = new Scratch();

  @AfterEach
  void tidy() {
    scratch.close();
  }

  private Path version(int release) {
    return SamplePackage.of("hello", "1.0-" + release)
        .file("usr/share/hello", "release " + release)
        .writeTo(scratch.folder("packages"));
  }

  /** Somebody who has the certificate and nothing else. */
  private Command keyless(Publisher publisher, String... words) {
    return new QrepoCli(scratch.folder("elsewhere"))
        .command(words)
        .with("--name", Publisher.NAME, "--trust", publisher.certificate().toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"pointer", "plain"})
  void clientsInstallBeforeBetweenAndAfterThePhasesOfAPrune(String layout) throws IOException {
    try (Publisher publisher = new Publisher(scratch, layout)) {
      for (int i = 1; i <= 4; i++) {
        publisher.publish(version(i)).expectSuccess();
      }
      Path tree = publisher.tree();
      try (PacmanClient client = publisher.client("file://" + tree)) {
        Command prune =
            keyless(publisher, "prune", tree.toString(), "--layout", layout, "--keep", "1")
                .with("--grace", "0");
        prune.run().expectSuccess();
        installs(client, "hello 1.0-4");
        Path announcement = tree.resolve("generations/prune.json");
        assertThat(announcement).content().contains("hello-1.0-1", "hello-1.0-2");
        Files.setLastModifiedTime(
            announcement, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        prune.run().expectSuccess();
        assertThat(tree.resolve("hello-1.0-2-any.pkg.tar.zst")).doesNotExist();
        assertThat(tree.resolve("hello-1.0-3-any.pkg.tar.zst")).exists();
        installs(client, "hello 1.0-4");
        publisher.publish(version(5)).expectSuccess();
        installs(client, "hello 1.0-5");
      }
    }
  }

  private static void installs(PacmanClient client, String expected) {
    client.run("-Syy").expectSuccess();
    client.run("-Scc").expectSuccess();
    client.install("hello").expectSuccess();
    assertThat(client.installed()).containsExactly(expected);
  }

  @Test
  void clientsOfAMirrorInstall() {
    try (Publisher publisher = new Publisher(scratch, "pointer")) {
      publisher.publish(version(1)).expectSuccess();
      Path copy = scratch.path().resolve("copy");
      Command mirror =
          keyless(publisher, "mirror", publisher.tree().toString(), copy.toString())
              .with("--layout", "plain");
      mirror.run().expectSuccess();
      try (PacmanClient client = publisher.client("file://" + copy)) {
        installs(client, "hello 1.0-1");
        publisher.publish(version(2)).expectSuccess();
        mirror.run().expectSuccess();
        client.sync().expectSuccess();
        client.upgrade().expectSuccess();
        assertThat(client.installed()).containsExactly("hello 1.0-2");
        client.syncFiles().expectSuccess();
        assertThat(client.files("hello")).contains("usr/share/hello");
      }
    }
  }

  @Test
  void clientsInstallAgainAfterARepair() throws IOException {
    try (Publisher publisher = new Publisher(scratch, "plain")) {
      publisher.publish(version(1)).expectSuccess();
      Path tree = publisher.tree();
      byte[] old = Files.readAllBytes(tree.resolve("t.db.sig"));
      publisher.publish(version(2)).expectSuccess();
      // As a publisher leaves it that dies right after the commit point.
      Files.write(tree.resolve("t.db.sig"), old);
      try (PacmanClient client = publisher.client("file://" + tree)) {
        assertThat(client.run("-Syy").code()).isNotZero();
        keyless(publisher, "repair", tree.toString(), "--layout", "plain").run().expectSuccess();
        installs(client, "hello 1.0-2");
      }
    }
  }

  /**
   * Store calls of both phases fail in turn, all of them with {@code -Dqrepo.full=true}, and pacman
   * installs from what is left.
   */
  @ParameterizedTest
  @EnumSource(Layout.class)
  void pacmanInstallsFromEveryStateThatAFaultyPruneLeaves(Layout layout) throws IOException {
    try (Publisher publisher =
        new Publisher(scratch, layout == Layout.PLAIN ? "plain" : "pointer")) {
      for (int i = 1; i <= 3; i++) {
        publisher.publish(version(i)).expectSuccess();
      }
      Verifier verifier =
          new KeyringVerifier(
              Keyring.read(publisher.certificate()),
              Set.of(org.qrepo.publish.Fingerprint.parse(publisher.fingerprint())),
              java.time.InstantSource.system());
      Path live = scratch.path().resolve("live");
      int points = 0;
      int judged = 0;
      TreeState last = new TreeState(List.of());
      try (PacmanClient client = publisher.client("file://" + live)) {
        for (boolean reached = true; reached; points += STRIDE) {
          Path tree = publisher.copyOfTree("n" + points);
          FaultyStore faulty =
              new FaultyStore(new LocalStore(tree), points + 1, FaultyStore.Mode.FROM_THEN_ON);
          try (faulty) {
            prune(faulty, layout, verifier);
            prune(faulty, layout, verifier);
          } catch (IOException e) {
            assertThat(e).hasMessageContaining("fault made");
          }
          reached = faulty.count() > points;
          TreeState state = names(tree);
          if (!state.equals(last)) {
            Files.deleteIfExists(live);
            Files.createSymbolicLink(live, tree);
            installs(client, "hello 1.0-3");
            client.remove("hello").expectSuccess();
            judged++;
            last = state;
          }
        }
      }
      assertThat(judged * STRIDE).isGreaterThan(8);
      System.out.printf(
          "fault sweep of prune with pacman: %s: %d points, %d different states, pacman installed"
              + " from each%n",
          layout, points / STRIDE, judged);
    }
  }

  /** States are told apart by the names that are there: a prune changes no file. */
  private static TreeState names(Path tree) {
    return new TreeState(
        TreeState.of(tree).lines().stream().map(l -> l.split(" ", -1)[0]).toList());
  }

  private void prune(Store store, Layout layout, Verifier verifier) throws IOException {
    RepositorySpec spec =
        new RepositorySpec(
            new RepositoryName(Publisher.NAME),
            Optional.empty(),
            layout,
            Compression.GZIP,
            DescOptions.DEFAULT,
            true);
    new Pruner(
            spec,
            store,
            verifier,
            new SeenDirectory(scratch.path().resolve("seen")),
            Events.NONE,
            new Pruner.Settings(
                scratch.path().resolve("work"),
                java.time.InstantSource.system(),
                Duration.ofSeconds(20)))
        .prune(new PrunePolicy(0, Duration.ZERO, Duration.ZERO));
  }
}
