package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.qrepo.cli.Run;
import org.qrepo.store.ground.Ground;
import org.qrepo.store.ground.Grounds;

/**
 * Where nothing keeps publishers apart, the second one is refused as long as it can see the first
 * one: that is stopped before its commit, in a process of its own, and goes on afterwards.
 */
class SecondPublisherIT {
  private static final int LOCKED = 7;
  private static final List<String> PUBLISH = KilledOperation.PUBLISH.words();
  private static final List<String> OTHER =
      List.of("publish", "other-1-1", "--to", "web", "--lock-wait", "0");

  private final Scratch scratch = new Scratch();

  @AfterEach
  void tidy() {
    scratch.close();
  }

  @Test
  void isRefusedInABucketWithoutConditions() throws Exception {
    isRefused(Grounds.unconditional());
  }

  @Test
  void isRefusedOnAServerThatTakesPutAlone() throws Exception {
    try (Ground ground = Grounds.plainPut(scratch.path().resolve("plain"))) {
      isRefused(ground);
    }
  }

  private void isRefused(Ground ground) throws Exception {
    Programs.require("pacman", "sh");
    try (KillGround grounds = new KillGround(scratch, ground);
        PacmanJudges judges =
            new PacmanJudges(ground, scratch.folder("j"), grounds.certificate(), 1)) {
      Path folder = grounds.copy("plain", KilledOperation.PUBLISH, "counted");
      int commit = grounds.calls(folder, PUBLISH).lines().indexOf("SWAP t.db") + 1;
      folder = grounds.copy("plain", KilledOperation.PUBLISH, "first");
      KillPoint point = new KillPoint(commit, CallSignal.Moment.BEFORE);
      Command first = grounds.signalled(folder, "STOP", point, PUBLISH);
      try (StoppedProcess stopped = StoppedProcess.start(first, folder.resolve("log"))) {
        Run second = grounds.byRival(folder, OTHER);

        assertThat(second.code()).as(second.err()).isEqualTo(LOCKED);
        assertThat(second.err()).contains("publisher").contains("Nothing was changed");
        offers(judges, folder, KilledOperation.PUBLISH.before());
        assertThat(stopped.goOn()).as(stopped.said()).isZero();
      }
      offers(judges, folder, KilledOperation.PUBLISH.after());
      Run next = grounds.byRival(folder, OTHER);
      assertThat(next.code()).as(next.err()).isZero();
      Set<String> all = new TreeSet<>(KilledOperation.PUBLISH.after());
      all.add("other 1-1");
      offers(judges, folder, all);
    }
  }

  private static void offers(PacmanJudges judges, Path folder, Set<String> offers)
      throws Exception {
    PacmanJudges.Verdict verdict = judges.judge(folder.resolve("tree"));
    assertThat(verdict.good()).as(verdict.words()).isTrue();
    assertThat(verdict.offers()).isEqualTo(offers);
  }
}
