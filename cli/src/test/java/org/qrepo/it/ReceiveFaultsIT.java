package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.cli.Run;
import org.qrepo.cli.Terminal;
import org.qrepo.sign.NewKey;
import org.qrepo.sign.TestKeys;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.Stores;

/**
 * Calls to the store fail while a parcel is received, from then on: a real pacman with {@code
 * SigLevel = Required} judges what is left, and receiving again completes. Every call with {@code
 * -Dqrepo.full=true}, else some that are spread over them and those of the commit.
 */
class ReceiveFaultsIT {
  private static final boolean FULL = Boolean.getBoolean("qrepo.full");
  private static final int STEP = FULL ? 1 : 17;

  private final Scratch scratch = new Scratch();
  private final NewKey key = TestKeys.ed25519();

  @AfterEach
  void tidy() {
    scratch.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"pointer", "plain"})
  void pacmanInstallsFromWhatIsLeftAndReceivingAgainCompletes(String layout) throws IOException {
    Path certificate = scratch.file("t.asc", key.certificate());
    scratch.file(
        "secret.asc", new String(key.secretKey(), java.nio.charset.StandardCharsets.US_ASCII));
    scratch.file(
        "home/qrepo.yml",
        "repository: {name: t}\nsigning: {key-file: ../secret.asc}\ntargets: {local: {url: built}}\n");
    scratch.file(
        "home/receiver.yml",
        "repository: {name: t}\nsigning: {certificates: [../t.asc], trusted: ["
            + key.fingerprint()
            + "]}\ntargets: {web: {url: live, layout: "
            + layout
            + "}}\n");
    Path first = made("1-1");
    Path second = made("2-1");
    Path live = scratch.path().resolve("home/live");
    Path older = scratch.path().resolve("older");
    assertThat(receive(first, 0, new AtomicInteger()).code()).isZero();
    Files.move(live, older);
    copy(older, live);
    AtomicInteger calls = new AtomicInteger();
    assertThat(receive(second, 0, calls).code()).isZero();
    int points = 0;
    int begun = 0;
    try (PacmanClient client =
        new PacmanClient(scratch.path().resolve("c"), "t", "file://" + live, certificate)) {
      for (int n = 1; n <= calls.get(); n += STEP) {
        copy(older, live);
        Run broken = receive(second, n, new AtomicInteger());
        assertThat(broken.code()).as(broken.toString()).isEqualTo(5);
        boolean good = client.run("-Syy").code() == 0;
        begun += good ? 0 : 1;
        if (good) {
          assertThat(client.list()).as("call %s", n).hasSize(1);
          client.install("a").expectSuccess();
        }
        Run again = receive(second, 0, new AtomicInteger());
        assertThat(again.code()).as(again.toString()).isZero();
        client.run("-Syy").expectSuccess();
        client.install("a").expectSuccess();
        assertThat(client.installed()).as("call %s", n).containsExactly("a 2-1");
        client.forget();
        points++;
      }
    }
    assertThat(points).isGreaterThan(FULL ? 60 : 3);
    assertThat(begun).isLessThanOrEqualTo(layout.equals("pointer") ? 0 : 6);
    System.out.printf(
        "faults while a parcel is received, with pacman: %s: %d points of %d calls, %d that clients refuse%n",
        layout, points, calls.get(), begun);
  }

  private Path made(String version) throws IOException {
    Path file =
        SamplePackage.of("a", version)
            .file("usr/share/a", version)
            .writeTo(scratch.folder("packages"));
    assertThat(run(Stores.standard(), "publish", file.toString()).code()).isZero();
    Path out = scratch.path().resolve("parcels-" + version);
    Run made = run(Stores.standard(), "handover", "--all", "--out", out.toString());
    assertThat(made.code()).as(made.toString()).isZero();
    try (var parcels = Files.list(out)) {
      return parcels.findFirst().orElseThrow();
    }
  }

  private Run run(Stores stores, String... words) {
    Path home = scratch.path().resolve("home");
    Run run =
        Run.of(
            home, java.util.Map.of("HOME", home.toString()), Terminal.NONE, stores, List.of(words));
    if (stores == null || !List.of(words).contains("receive")) {
      assertThat(run.code()).as(run.toString()).isZero();
    }
    return run;
  }

  /**
   * @param failAt the call that fails; 0: none
   */
  private Run receive(Path parcel, int failAt, AtomicInteger calls) {
    Stores stores =
        Stores.standard()
            .behind(
                store ->
                    new FaultyStore(
                        store,
                        failAt,
                        FaultyStore.Mode.FROM_THEN_ON,
                        org.qrepo.publish.StoreException.Kind.PERMANENT,
                        n -> calls.accumulateAndGet(n, Math::max)));
    return run(stores, "receive", parcel.toString(), "--config", "receiver.yml");
  }

  /** The receiver has forgotten what came after that. */
  private void copy(Path from, Path to) {
    Path memory = scratch.path().resolve("home/.local");
    Command.of("rm", "-rf", to.toString(), memory.toString()).run().expectSuccess();
    Command.of("cp", "-a", from.toString(), to.toString()).run().expectSuccess();
  }
}
