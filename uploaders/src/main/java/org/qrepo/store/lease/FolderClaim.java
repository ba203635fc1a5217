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
 * that it is still held: the rename fails once the folder is another's. A claim that was not
 * renewed for too long is taken away by a rename of the folder, and given back if it turns out to
 * have been renewed just then.
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
    if (!ground.make(folder) && !(isFreed() && ground.make(folder)) && !isAbandoned()) {
      return isGivenBack();
    }
    number = 1;
    if (!ground.write(owner(1), "qrepo " + id + "\n")) {
      number = 0;
      return false;
    }
    // Who was held up for very long between the two steps may have written into another's folder.
    Optional<List<String>> owners = ground.names(folder);
    if (owners.equals(Optional.of(List.of(name(1))))) {
      return true;
    }
    number = 0;
    if (owners.isPresent()) {
      ground.remove(owner(1));
    }
    return false;
  }

  /**
   * Who was slow to take an ended claim away may have taken a new one, and gives it back: then it
   * is its maker's, who has looked for it in between.
   */
  private boolean isGivenBack() throws StoreException {
    boolean ours = ground.names(folder).equals(Optional.of(List.of(name(1))));
    if (ours) {
      number = 1;
    }
    return ours;
  }

  /**
   * Whether the folder has been without a name for a while: its maker never learned that it was
   * made, died, or came too late with the name because the folder was taken away and given back. Of
   * several who then write theirs, one at most finds itself alone.
   */
  private boolean isAbandoned() throws StoreException {
    if (!ground.names(folder).equals(Optional.of(List.of()))) {
      nameless = Optional.empty();
      return false;
    }
    long now = System.nanoTime();
    nameless = nameless.or(() -> Optional.of(now));
    return now - nameless.get() > life.toNanos() / NAMELESS_PER_LIFE;
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

  /** Takes a claim away that has ended; false if it has not, or was renewed just then. */
  private boolean isFreed() throws StoreException {
    Optional<Instant> changed = ground.changed(folder);
    Optional<List<String>> owners = ground.names(folder);
    if (changed.isEmpty() || owners.isEmpty() || !isTimeToAsk()) {
      return false;
    }
    if (!ground.now().isAfter(changed.get().plus(life))) {
      return false;
    }
    String away = TAKEN_AWAY + Lease.newId();
    if (!ground.rename(folder, away)) {
      return false;
    }
    if (ground.names(away).equals(owners)) {
      ground.drop(away);
      return true;
    }
    if (!ground.isHeld(folder)) {
      ground.rename(away, folder);
    }
    return false;
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
