package org.qrepo.store.dav;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.qrepo.io.Blob;
import org.qrepo.publish.LockedException;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.lease.Claim;

/**
 * A claim by a file that says whose it is, where nothing is exclusive. Who finds none writes its
 * own, waits, and has the claim if its own is still there then (Fischer's way, which holds as long
 * as no write takes longer than the wait): enough to see another publisher, not to work beside it.
 */
final class MarkerClaim implements Claim {
  static final StoreKey MARKER = new StoreKey(".qrepo.lock/put");

  private static final String LOCK = "lock the repository";
  private static final int LONGEST = 4096;

  private final Calls calls;
  private final Reader reader;
  private final DavSettings.Limits limits;
  private final String id;
  private int number;

  MarkerClaim(Calls calls, Reader reader, DavSettings.Limits limits, String id) {
    this.calls = calls;
    this.reader = reader;
    this.limits = limits;
    this.id = id;
  }

  @Override
  public boolean take() throws StoreException {
    if (text().isPresent() && !isStale()) {
      return false;
    }
    if (!isPut(text().isPresent() ? Map.of() : Map.of("If-None-Match", "*"))) {
      return false;
    }
    settle();
    return isOurs();
  }

  @Override
  public boolean renew() throws StoreException {
    return isOurs() && isPut(Map.of());
  }

  @Override
  public void giveUp() throws StoreException {
    if (isOurs()) {
      Answer answer = calls.ask(LOCK, "DELETE", calls.address().of(MARKER), Map.of());
      if (!answer.isDone() && !answer.isAbsent()) {
        throw calls.refused("give up the lock", answer);
      }
    }
  }

  @Override
  public LockedException refusal() throws StoreException {
    String since =
        reader
            .look(LOCK, MARKER)
            .head()
            .map(head -> ", who gave a sign last at " + head.modified())
            .orElse("");
    return new LockedException(
        String.format(
            "%s is locked by another qrepo%s (server time); this server allows one publisher only:"
                + " if there is none at work, wait %d minutes, or remove %s",
            calls.address(), since, Math.max(1, limits.lock().toMinutes()), MARKER));
  }

  @Override
  public boolean isReachable() {
    return !calls.isClosed();
  }

  @Override
  public String place() {
    return calls.address().toString();
  }

  private boolean isOurs() throws StoreException {
    return text().filter(there -> there.startsWith("qrepo " + id + " ")).isPresent();
  }

  private Optional<String> text() throws StoreException {
    return reader
        .beginning(LOCK, MARKER, LONGEST)
        .map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1));
  }

  /** False if the server heeds the condition, and it does not hold. */
  private boolean isPut(Map<String, String> conditions) throws StoreException {
    number++;
    Blob blob = Blob.of(("qrepo " + id + " " + number + "\n").getBytes(StandardCharsets.US_ASCII));
    Answer answer = Written.send(calls, LOCK, MARKER, MARKER, conditions, blob);
    if (!answer.isDone() && answer.status() != 412) {
      throw calls.refused(LOCK, answer);
    }
    return answer.isDone();
  }

  /** A server that does not tell the time never lets a claim go by itself. */
  private boolean isStale() throws StoreException {
    Answer answer = calls.ask(LOCK, "HEAD", calls.address().of(MARKER), Map.of());
    Optional<Instant> now = answer.time("Date");
    Optional<Instant> then = answer.time("Last-Modified");
    return answer.status() == 200
        && now.isPresent()
        && then.isPresent()
        && now.get().isAfter(then.get().plus(limits.lock()));
  }

  private void settle() throws StoreException {
    Duration wait = limits.settle();
    try {
      Thread.sleep(wait.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(Kind.PERMANENT, "interrupted while waiting for the lock", e);
    }
  }
}
