package org.qrepo.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * A publisher with a script: it publishes some packages after each other, each step in a process of
 * its own, some of which are killed on the way, and starts a step again until it has succeeded.
 */
final class Rival implements Callable<Rival.Tally> {
  private static final int KILLED = 128 + 9;
  private static final int CONFLICT = 6;
  private static final int LOCKED = 7;

  /** Published, but the check met another publisher between two writes of a plain commit. */
  private static final int UNCONFIRMED = 8;

  private static final int MOST_TRIES = 20;

  private final QrepoCli qrepo;
  private final List<List<Path>> steps;
  private final Random random;
  private final Path log;
  private final boolean mayDie;
  private Tally tally = new Tally(0, 0, 0, 0, 0);

  /**
   * @param steps the packages of each publish
   * @param seed decides which processes are killed, and when
   * @param mayDie whether any are
   */
  Rival(QrepoCli qrepo, List<List<Path>> steps, long seed, boolean mayDie, Path log) {
    this.qrepo = qrepo;
    this.steps = steps;
    this.random = new Random(seed);
    this.mayDie = mayDie;
    this.log = log;
  }

  /**
   * How its processes ended.
   *
   * @param processes all of them
   * @param conflicts those that gave up because others were faster
   * @param locked those that gave up waiting for a lock
   * @param unconfirmed those that published and could not see it for the work of another
   */
  record Tally(int processes, int killed, int conflicts, int locked, int unconfirmed) {
    Tally plus(Tally more) {
      return new Tally(
          processes + more.processes,
          killed + more.killed,
          conflicts + more.conflicts,
          locked + more.locked,
          unconfirmed + more.unconfirmed);
    }

    private Tally plus(int code) {
      return plus(
          new Tally(
              1,
              one(code == KILLED),
              one(code == CONFLICT),
              one(code == LOCKED),
              one(code == UNCONFIRMED)));
    }

    private static int one(boolean condition) {
      return condition ? 1 : 0;
    }
  }

  @Override
  public Tally call() throws IOException, InterruptedException {
    for (List<Path> step : steps) {
      int code = -1;
      for (int tries = 1; code != 0; tries++) {
        boolean mortal = mayDie && tries == 1 && (tally.processes() == 0 || random.nextInt(3) == 0);
        code = publish(step, mortal);
        tally = tally.plus(code);
        if (tries == MOST_TRIES
            || !List.of(0, KILLED, CONFLICT, LOCKED, UNCONFIRMED).contains(code)) {
          throw new AssertionError("ended with " + code + ": " + Files.readString(log));
        }
      }
    }
    return tally;
  }

  private int publish(List<Path> packages, boolean mortal) throws InterruptedException {
    Process process =
        qrepo
            .command("publish", "--to", "web", "--lock-wait", "600")
            .with(packages.stream().map(Path::toString).toList())
            .start(log, log);
    try {
      // The first one dies young, before it can end.
      int life = 100 + random.nextInt(tally.processes() == 0 ? 300 : 2_000);
      long patience = mortal ? life : TimeUnit.MINUTES.toMillis(15);
      if (!process.waitFor(patience, TimeUnit.MILLISECONDS) && !mortal) {
        throw new AssertionError("does not end: " + log);
      }
    } finally {
      process.destroyForcibly();
    }
    return process.waitFor();
  }
}
