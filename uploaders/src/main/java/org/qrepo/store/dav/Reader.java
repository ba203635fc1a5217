package org.qrepo.store.dav;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;

/** Looks at objects and reads them, past caches. */
final class Reader {
  private static final Map<String, String> FRESH = Map.of("Cache-Control", "no-cache");
  private static final int ATTEMPTS = 20;

  private final Calls calls;

  Reader(Calls calls) {
    this.calls = calls;
  }

  /**
   * What has a name.
   *
   * @param head of an object; empty if there is none
   */
  record Look(Optional<Head> head, boolean folder) {
    boolean isFree() {
      return head.isEmpty() && !folder;
    }
  }

  Look look(String attempt, StoreKey key) throws StoreException {
    Answer answer = calls.ask(attempt, "HEAD", calls.address().of(key), FRESH);
    if (answer.status() == 200) {
      Answer told = answer.length() < 0 ? fetched(attempt, key) : answer;
      return new Look(Optional.of(Head.of(told)), false);
    }
    if (answer.isAbsent() || answer.isOfFolder()) {
      return new Look(Optional.empty(), answer.isOfFolder());
    }
    throw calls.refused(attempt, answer);
  }

  /** Apache does not tell the length of an empty file without its bytes. */
  private Answer fetched(String attempt, StoreKey key) throws StoreException {
    return calls.ask(attempt, "GET", calls.address().of(key), FRESH);
  }

  /** Empty if there is no object. */
  Optional<DavState> state(String attempt, StoreKey key) throws StoreException {
    for (int i = 0; i < ATTEMPTS; i++) {
      Optional<Head> head = look(attempt, key).head();
      if (head.isEmpty()) {
        return Optional.empty();
      }
      Optional<byte[]> ends = ends(attempt, key, head.get());
      if (ends.isPresent()) {
        return Optional.of(DavState.of(head.get(), ends.get()));
      }
    }
    throw tooBusy(key);
  }

  Store.Opened open(String attempt, StoreKey key) throws StoreException {
    for (int i = 0; i < ATTEMPTS; i++) {
      Head head = look(attempt, key).head().orElseThrow(() -> DavFailures.absent(key));
      Optional<byte[]> ends = ends(attempt, key, head);
      if (ends.isEmpty()) {
        continue;
      }
      DavState state = DavState.of(head, ends.get());
      if (DavState.isSmall(head.size())) {
        return new Store.Opened(state.describe(key), new ByteArrayInputStream(ends.get()));
      }
      Optional<InputStream> stream = stream(attempt, key, head, Map.of());
      if (stream.isPresent()) {
        return new Store.Opened(state.describe(key), stream.get());
      }
    }
    throw tooBusy(key);
  }

  /** Whether a name has a blob's bytes; all of them are read. */
  boolean holds(String attempt, StoreKey key, Blob blob) throws StoreException {
    for (int i = 0; i < ATTEMPTS; i++) {
      Optional<Head> head = look(attempt, key).head();
      if (head.filter(found -> found.size() == blob.size()).isEmpty()) {
        return false;
      }
      Optional<InputStream> stream = stream(attempt, key, head.get(), Map.of());
      if (stream.isPresent()) {
        return isSame(attempt, stream.get(), blob);
      }
    }
    throw tooBusy(key);
  }

  private boolean isSame(String attempt, InputStream stream, Blob blob) throws StoreException {
    try (stream) {
      return Digests.of(stream, Set.of()).sha256().equals(blob.sha256());
    } catch (IOException e) {
      throw calls.explain(attempt, e);
    }
  }

  /** The beginning of a small object of the store's own; empty if there is none. */
  Optional<byte[]> beginning(String attempt, StoreKey key, int most) throws StoreException {
    HttpResponse<InputStream> response = calls.get(attempt, calls.address().of(key), FRESH);
    try (InputStream body = response.body()) {
      Answer answer = Calls.answer(response);
      if (answer.isAbsent() || answer.isOfFolder()) {
        return Optional.empty();
      }
      if (answer.status() != 200) {
        throw calls.refused(attempt, answer);
      }
      return Optional.of(body.readNBytes(most));
    } catch (IOException e) {
      throw calls.explain(attempt, e);
    }
  }

  /** Both ends of a state, or all of it; empty if it is gone. */
  private Optional<byte[]> ends(String attempt, StoreKey key, Head head) throws StoreException {
    if (head.size() == 0) {
      return Optional.of(new byte[0]);
    }
    if (DavState.isSmall(head.size())) {
      return part(attempt, key, head, "", (int) head.size());
    }
    Optional<byte[]> first =
        part(attempt, key, head, "bytes=0-" + (DavState.END - 1), DavState.END);
    Optional<byte[]> last = part(attempt, key, head, "bytes=-" + DavState.END, DavState.END);
    if (first.isEmpty() || last.isEmpty()) {
      return Optional.empty();
    }
    byte[] both = Arrays.copyOf(first.get(), 2 * DavState.END);
    System.arraycopy(last.get(), 0, both, DavState.END, last.get().length);
    return Optional.of(both);
  }

  /** A server that gives no parts gives all; then it is the beginning. */
  private Optional<byte[]> part(String attempt, StoreKey key, Head head, String range, int length)
      throws StoreException {
    Map<String, String> headers = range.isEmpty() ? Map.of() : Map.of("Range", range);
    Optional<InputStream> stream = stream(attempt, key, head, headers);
    if (stream.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream in = stream.get()) {
      byte[] bytes = in.readNBytes(length);
      if (bytes.length != length) {
        throw new StoreException(
            Kind.TRANSIENT,
            "the server gave " + bytes.length + " of " + length + " bytes of " + key);
      }
      if (head.size() == length || !range.isEmpty()) {
        // The end of the answer: then the connection can be used again.
        in.readNBytes(1);
      }
      return Optional.of(bytes);
    } catch (IOException e) {
      throw calls.explain(attempt, e);
    }
  }

  /** Empty if it is not the state any more. */
  private Optional<InputStream> stream(
      String attempt, StoreKey key, Head head, Map<String, String> more) throws StoreException {
    Map<String, String> headers = new HashMap<>(FRESH);
    headers.putAll(more);
    URI uri = calls.address().of(key);
    HttpResponse<InputStream> response = calls.get(attempt, uri, headers);
    boolean kept = false;
    try {
      Answer answer = Calls.answer(response);
      if (answer.status() != 200 && answer.status() != 206) {
        if (answer.isAbsent() || answer.isOfFolder() || answer.status() == 416) {
          return Optional.empty();
        }
        throw calls.refused(attempt, answer);
      }
      kept = head.isOf(answer);
      return kept ? Optional.of(new Incoming(calls, attempt, response.body())) : Optional.empty();
    } finally {
      if (!kept) {
        close(response.body());
      }
    }
  }

  @SuppressWarnings("EmptyCatch") // nothing of it is needed any more
  private static void close(InputStream body) {
    try {
      body.close();
    } catch (IOException ignored) {
    }
  }

  private static StoreException tooBusy(StoreKey key) {
    return new StoreException(Kind.TRANSIENT, key + " changes too often to be read");
  }
}
