package org.qrepo.store;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.qrepo.io.Blob;
import org.qrepo.publish.LockedException;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoredObject;
import org.qrepo.publish.Tag;

/**
 * A store that can keep no second publisher out, and tells one when it sees it. Before its first
 * write it claims the place by an object with an id of its own, looks at that again before what
 * clients would see changes, and removes it when it is closed. It is no lock: two that begin in the
 * same moment may both write for a while, until one of them sees the claim of the other.
 */
public final class ClaimingStore extends InterceptingStore {
  /** Who is at work; lists leave it out. */
  static final StoreKey CLAIM = new StoreKey(".qrepo.publisher");

  /** Written for the server's time; lists leave it out, and it does not stay. */
  static final StoreKey CLOCK = new StoreKey(".qrepo.clock");

  /** How long a claim counts after its last sign, by the server's clock. */
  static final Duration LIFE = Duration.ofMinutes(10);

  private static final String ADVICE =
      "\nThis place cannot keep two publishers apart: let only one of them work at a time.";

  private static final Duration RENEWAL = Duration.ofMinutes(1);
  private static final Duration TRUST = Duration.ofSeconds(5);

  private final InstantSource clock;
  private final String owner = new BigInteger(128, new SecureRandom()).toString(36);
  private Tag claim = Tag.ABSENT;
  private Instant written = Instant.MIN;
  private Instant looked = Instant.MIN;
  private int signs;

  public ClaimingStore(Store inner) {
    this(inner, InstantSource.system());
  }

  /**
   * @param clock when to look again and to give a sign
   */
  ClaimingStore(Store inner, InstantSource clock) {
    super(inner);
    this.clock = clock;
  }

  /**
   * @throws LockedException before a write if another publisher's claim is there
   */
  @Override
  protected <T> T around(StoreCall call, Action<T> action) throws StoreException {
    if (call.verb().writes()) {
      hold(call.verb() != Verb.PUT_ONCE);
    }
    return action.run();
  }

  /**
   * @param surely whether to look even if that was done a moment ago
   */
  private synchronized void hold(boolean surely) throws StoreException {
    Instant now = clock.instant();
    if (!surely && isHeld() && now.isBefore(looked.plus(TRUST))) {
      return;
    }
    Optional<StoredObject> there = inner().stat(CLAIM);
    Tag tag = there.map(StoredObject::tag).orElse(Tag.ABSENT);
    boolean own = isHeld() && tag.equals(claim);
    if (there.isPresent() && !own) {
      requireExpired(there.get());
    }
    if (!own || !now.isBefore(written.plus(RENEWAL))) {
      renew(tag);
      written = now;
    }
    looked = now;
  }

  private boolean isHeld() {
    return !claim.equals(Tag.ABSENT);
  }

  private void renew(Tag before) throws StoreException {
    try {
      claim = inner().swap(CLAIM, before, sign());
    } catch (StoreException e) {
      if (e.kind() == Kind.CONFLICT) {
        throw new LockedException(
            inner().location() + ": another publisher came at the same moment" + ADVICE);
      }
      throw e;
    }
  }

  /** No two are the same, for who signs and what was signed before are in it. */
  private Blob sign() {
    String text = "qrepo " + owner + " " + ++signs + "\n";
    return Blob.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private void requireExpired(StoredObject other) throws StoreException {
    Instant now = serverTime();
    if (other.lastModified().plus(LIFE).isAfter(now)) {
      throw new LockedException(
          inner().location()
              + ": another publisher is at work, or died: its last sign is of "
              + other.lastModified().truncatedTo(ChronoUnit.SECONDS)
              + ", and the server's clock says "
              + now.truncatedTo(ChronoUnit.SECONDS)
              + ADVICE
              + "\nTry again when it is done; "
              + LIFE.toMinutes()
              + " minutes after its last sign it counts no more. If there is none, remove "
              + CLAIM
              + " there.");
    }
  }

  private Instant serverTime() throws StoreException {
    Tag before = inner().stat(CLOCK).map(StoredObject::tag).orElse(Tag.ABSENT);
    inner().swap(CLOCK, before, sign());
    Instant now = inner().stat(CLOCK).map(StoredObject::lastModified).orElse(Instant.MIN);
    inner().delete(CLOCK);
    return now;
  }

  @Override
  public List<StoreKey> list(Optional<StoreKey> folder) throws StoreException {
    return super.list(folder).stream()
        .filter(key -> !key.equals(CLAIM) && !key.equals(CLOCK))
        .toList();
  }

  /** Removes the claim, if it is still this one's; where that fails it ends by itself. */
  @Override
  public void close() throws StoreException {
    giveUp();
    super.close();
  }

  private synchronized void giveUp() {
    if (!isHeld()) {
      return;
    }
    try {
      if (inner().stat(CLAIM).map(StoredObject::tag).equals(Optional.of(claim))) {
        inner().delete(CLAIM);
      }
    } catch (StoreException e) {
      // What was written stays written, and nobody waits for longer than its life.
    }
    claim = Tag.ABSENT;
  }
}
