package org.qrepo.store.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.qrepo.publish.LockedException;
import org.qrepo.publish.StoreException;

/**
 * A claim by a folder, which only one can make. A file in it says whose it is, {@code ID.N}; to
 * rename it to {@code ID.N+1} renews the claim, by the server's clock, and at the same time proves
 * that it is still held: the rename fails once the file has another's name. A claim that was not
 * renewed for too long is taken over by just that, a rename of its file, which one alone can do and
 * nobody whose look at it is out of date.
 */
public final class FolderClaim implements Claim {
  private static final String TAKEN_AWAY = "stale-";
  private static final int ASKED_PER_LIFE = 20;

  /** What part of its life a claim may be without a name: two seconds of ten minutes. */
  private static final int NAMELESS_PER_LIFE = 300;

  private final LockFolder ground;
  private final String folder;
  private final String id;
  private final Duration life;
  private int number;
  private Optional<Long> asked = Optional.empty();
  private Optional<Long> nameless = Optional.empty();

  /**
   * @param folder its name, one for each way to the server
   * @param id the publisher's
   * @param life how long it holds without being renewed
   */
  public FolderClaim(LockFolder ground, String folder, String id, Duration life) {
    this.ground = ground;
    this.folder = folder;
    this.id = id;
    this.life = life;
  }

  static boolean isTakenAway(String name) {
    return name.startsWith(TAKEN_AWAY);
  }

  @Override
  public boolean take() throws StoreException {
    boolean free = ground.make(folder) || isAbandoned();
    // What is broken off from here on can be given up.
    number = 1;
    boolean taken = (free ? isMarked() : isTakenOver()) && isAlone();
    number = taken ? 1 : 0;
    return taken;
  }

  private boolean isMarked() throws StoreException {
    return ground.write(owner(1), "qrepo " + id + "\n");
  }

  /** Who was held up for very long before its last step may have written into another's folder. */
  private boolean isAlone() throws StoreException {
    Optional<List<String>> owners = ground.names(folder);
    boolean alone = owners.equals(Optional.of(List.of(name(1))));
    if (!alone && owners.isPresent()) {
      ground.remove(owner(1));
    }
    return alone;
  }

  private boolean isTakenOver() throws StoreException {
    List<String> owners = ground.names(folder).orElse(List.of());
    if (owners.isEmpty() || !hasEnded()) {
      return false;
    }
    if (!ground.rename(folder + "/" + owners.get(0), owner(1)) && !ground.isHeld(owner(1))) {
      return false;
    }
    for (String other : owners.subList(1, owners.size())) {
      ground.remove(folder + "/" + other);
    }
    return true;
  }

  /**
   * Whether the folder has been without a name for a while: its maker never learned that it was
   * made, or died. Of several who then write theirs, one at most finds itself alone.
   */
  private boolean isAbandoned() throws StoreException {
    if (!ground.names(folder).equals(Optional.of(List.of()))) {
      nameless = Optional.empty();
      return false;
    }
    long now = System.nanoTime();
    nameless = nameless.or(() -> Optional.of(now));
    return now - nameless.get() > life.toNanos() / NAMELESS_PER_LIFE || hasEnded();
  }

  /** Asked after a look at the names in the folder: its time is not older than they are. */
  private boolean hasEnded() throws StoreException {
    Optional<Instant> changed = ground.changed(folder);
    return changed.isPresent() && isTimeToAsk() && ground.now().isAfter(changed.get().plus(life));
  }

  /** An answer may have been lost after the rename was done: then the next name is there. */
  @Override
  public boolean renew() throws StoreException {
    boolean held =
        ground.rename(owner(number), owner(number + 1)) || ground.isHeld(owner(number + 1));
    if (held) {
      number++;
    }
    return held;
  }

  /** Renewed first, so that it is nobody else's when its folder goes. */
  @Override
  public void giveUp() throws StoreException {
    if (number == 0 || !renew()) {
      return;
    }
    String away = TAKEN_AWAY + Lease.newId();
    if (ground.rename(folder, away)) {
      ground.drop(away);
    }
    ground.tidy();
  }

  @Override
  public LockedException refusal() throws StoreException {
    String since =
        ground.changed(folder).map(time -> ", who gave a sign last at " + time).orElse("");
    return new LockedException(
        String.format(
            "%s is locked by another qrepo%s (server time); try again when it is done:"
                + " a lock of this kind ends %d minutes after its publisher did",
            ground.place(), since, Math.max(1, life.toMinutes())));
  }

  @Override
  public boolean isReachable() {
    return ground.isOpen();
  }

  @Override
  public String place() {
    return ground.place();
  }

  /** The server's time is told by a write there, so it is not asked for at every look. */
  private boolean isTimeToAsk() {
    long now = System.nanoTime();
    if (asked.isPresent() && now - asked.get() < life.toNanos() / ASKED_PER_LIFE) {
      return false;
    }
    asked = Optional.of(now);
    return true;
  }

  private String name(int n) {
    return id + "." + n;
  }

  private String owner(int n) {
    return folder + "/" + name(n);
  }
}
