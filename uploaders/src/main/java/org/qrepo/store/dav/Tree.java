package org.qrepo.store.dav;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.lease.Lease;

/** The folders of a WebDAV server: their making, their lists and their removal. */
final class Tree {
  /** Where unfinished files are: one folder for all, so that what the dead leave is found there. */
  static final StoreKey UNFINISHED = new StoreKey(".qrepo-tmp-dav");

  private static final int ATTEMPTS = 20;
  private static final Set<Integer> NO_FOLDER = Set.of(403, 404, 409, 500);

  private final Calls calls;
  private final Reader reader;
  private final Set<URI> known = ConcurrentHashMap.newKeySet();
  private final ReadWriteLock removal = new ReentrantReadWriteLock();
  private boolean spoken;

  Tree(Calls calls, Reader reader) {
    this.calls = calls;
    this.reader = reader;
  }

  /** A request that needs a folder. */
  @FunctionalInterface
  interface Step {
    Answer send() throws StoreException;
  }

  /**
   * Makes a request that needs the folder of a name, which is made when it is missing; and again if
   * it went with its last object meanwhile.
   */
  Answer in(String attempt, Optional<StoreKey> folder, Step step) throws StoreException {
    requireSpoken(attempt);
    Lock present = removal.readLock();
    present.lock();
    try {
      URI uri = calls.address().folder(folder);
      if (!known.contains(uri)) {
        make(attempt, folder);
      }
      Answer answer = step.send();
      for (int i = 1; i < ATTEMPTS && NO_FOLDER.contains(answer.status()); i++) {
        known.remove(uri);
        if (!make(attempt, folder)) {
          break;
        }
        answer = step.send();
      }
      return answer;
    } finally {
      present.unlock();
    }
  }

  static Optional<StoreKey> parent(StoreKey key) {
    int slash = key.value().lastIndexOf('/');
    return slash < 0
        ? Optional.empty()
        : Optional.of(new StoreKey(key.value().substring(0, slash)));
  }

  /** What is directly in a folder; empty if there is none. */
  Optional<List<Multistatus.Entry>> list(String attempt, Optional<StoreKey> folder)
      throws StoreException {
    return ask(attempt, folder, "1")
        .map(all -> all.stream().filter(entry -> !entry.name().isEmpty()).toList());
  }

  /** What is told of a folder itself; empty if there is none. */
  Optional<Multistatus.Entry> folder(String attempt, StoreKey folder) throws StoreException {
    return ask(attempt, Optional.of(folder), "0").stream()
        .flatMap(List::stream)
        .filter(entry -> entry.name().isEmpty() && entry.folder())
        .findFirst();
  }

  /** Gives a file another name, if that is free. */
  Answer move(String attempt, StoreKey from, StoreKey to) throws StoreException {
    return move(attempt, calls.address().of(from), calls.address().of(to));
  }

  /** Gives a folder another name, if that is free. */
  Answer moveFolder(String attempt, StoreKey from, StoreKey to) throws StoreException {
    return move(
        attempt,
        calls.address().folder(Optional.of(from)),
        calls.address().folder(Optional.of(to)));
  }

  /** Makes a folder in one that is made if it is missing. */
  Answer makeFolder(String attempt, StoreKey folder) throws StoreException {
    URI uri = calls.address().folder(Optional.of(folder));
    return in(attempt, parent(folder), () -> calls.ask(attempt, "MKCOL", uri, Map.of()));
  }

  /** Removes a file; nothing there is no error. */
  void remove(String attempt, StoreKey key) throws StoreException {
    delete(attempt, calls.address().of(key));
  }

  /** Removes a folder with all that is in it: only for what has a name of its own. */
  void drop(String attempt, StoreKey folder) throws StoreException {
    delete(attempt, calls.address().folder(Optional.of(folder)));
  }

  /** What keeps a name from being written; empty: nothing that can be seen. */
  Optional<StoreException> inTheWay(String attempt, StoreKey key) throws StoreException {
    if (reader.look(attempt, key).folder()) {
      return Optional.of(DavFailures.isAFolder(key));
    }
    for (Optional<StoreKey> up = parent(key); up.isPresent(); up = parent(up.get())) {
      if (reader.look(attempt, up.get()).head().isPresent()) {
        return Optional.of(DavFailures.isAnObject(up.get()));
      }
    }
    return Optional.empty();
  }

  /**
   * Removes the folders above a name that are empty now. {@code DELETE} takes a folder with all
   * that is in it, so an empty one is moved away first and looked at again: what another publisher
   * wrote just then is put back.
   */
  void removeEmptyAbove(String attempt, StoreKey key) throws StoreException {
    Lock alone = removal.writeLock();
    alone.lock();
    try {
      Optional<StoreKey> folder = parent(key);
      while (folder.isPresent() && isGone(attempt, folder.get())) {
        folder = parent(folder.get());
      }
    } finally {
      alone.unlock();
    }
  }

  private boolean isGone(String attempt, StoreKey folder) throws StoreException {
    Optional<List<Multistatus.Entry>> there = list(attempt, Optional.of(folder));
    if (there.isEmpty()) {
      return true;
    }
    if (!there.get().isEmpty()) {
      return false;
    }
    known.clear();
    make(attempt, Optional.of(UNFINISHED));
    StoreKey away = UNFINISHED.child("gone-" + Lease.newId());
    Answer moved = moveFolder(attempt, folder, away);
    if (!moved.isDone()) {
      return moved.isAbsent();
    }
    if (list(attempt, Optional.of(away)).orElse(List.of()).isEmpty()) {
      if (isAllListed(attempt)) {
        drop(attempt, away);
      }
      return true;
    }
    putBack(attempt, away, folder);
    return false;
  }

  /** nginx leaves out names with a dot in front: what looks empty there is kept out of sight. */
  private boolean isAllListed(String attempt) throws StoreException {
    return list(attempt, Optional.empty()).orElse(List.of()).stream()
        .anyMatch(entry -> entry.name().equals(UNFINISHED.value()));
  }

  /** Another publisher may have made the folder again. */
  private void putBack(String attempt, StoreKey away, StoreKey folder) throws StoreException {
    if (moveFolder(attempt, away, folder).isDone()) {
      return;
    }
    for (Multistatus.Entry entry : list(attempt, Optional.of(away)).orElse(List.of())) {
      StoreKey from = away.child(entry.name());
      StoreKey to = folder.child(entry.name());
      if (entry.folder()) {
        putBack(attempt, from, to);
      } else {
        move(attempt, from, to);
      }
    }
  }

  private void delete(String attempt, URI uri) throws StoreException {
    Answer answer = calls.ask(attempt, "DELETE", uri, Map.of());
    if (!answer.isDone() && !answer.isAbsent()) {
      throw calls.refused(attempt, answer);
    }
  }

  private Answer move(String attempt, URI from, URI to) throws StoreException {
    Answer answer =
        calls.ask(attempt, "MOVE", from, Map.of("Destination", to.toString(), "Overwrite", "F"));
    if (answer.status() == 405 || answer.status() == 501) {
      throw DavFailures.noTree(calls.address(), answer, "MOVE");
    }
    return answer;
  }

  /** Once: where unfinished files are can be made, and the server tells of it. */
  private synchronized void requireSpoken(String attempt) throws StoreException {
    if (spoken) {
      return;
    }
    make(attempt, Optional.of(UNFINISHED));
    if (folder(attempt, UNFINISHED).isEmpty()) {
      throw DavFailures.noTree(
          calls.address(),
          calls.ask(attempt, "MKCOL", calls.address().folder(Optional.of(UNFINISHED)), Map.of()),
          "MKCOL");
    }
    spoken = true;
  }

  /** Whether something was missing, and is there now. */
  private boolean make(String attempt, Optional<StoreKey> folder) throws StoreException {
    URI uri = calls.address().folder(folder);
    URI top = calls.address().folder(Optional.empty());
    boolean above = !uri.equals(top) && !known.contains(top) && make(attempt, top, folder);
    return make(attempt, uri, folder) || above;
  }

  private boolean make(String attempt, URI uri, Optional<StoreKey> folder) throws StoreException {
    Answer answer = calls.ask(attempt, "MKCOL", uri, Map.of());
    boolean above = false;
    if ((answer.status() == 409 || answer.isAbsent()) && !uri.getRawPath().equals("/")) {
      above = make(attempt, uri.resolve(".."), folder);
      answer = calls.ask(attempt, "MKCOL", uri, Map.of());
    }
    if (answer.status() == 403 || answer.status() == 500) {
      // Some say so to one of two who make it at the same time.
      answer = calls.ask(attempt, "MKCOL", uri, Map.of());
    }
    if (answer.status() == 501) {
      throw DavFailures.noTree(calls.address(), answer, "MKCOL");
    }
    if (answer.isDone() || answer.status() == 405) {
      known.add(uri);
      return answer.isDone() || above;
    }
    throw notMade(attempt, answer, folder);
  }

  private StoreException notMade(String attempt, Answer answer, Optional<StoreKey> folder)
      throws StoreException {
    Optional<StoreException> object =
        folder.isEmpty() ? Optional.empty() : inTheWay(attempt, folder.get().child("x"));
    return object.isPresent() ? object.get() : calls.refused(attempt, answer);
  }

  private Optional<List<Multistatus.Entry>> ask(
      String attempt, Optional<StoreKey> folder, String depth) throws StoreException {
    URI uri = calls.address().folder(folder);
    Map<String, String> headers =
        Map.of("Depth", depth, "Content-Type", "application/xml; charset=utf-8");
    HttpResponse<InputStream> response =
        calls.query(attempt, "PROPFIND", uri, headers, Multistatus.QUESTION);
    try (InputStream body = response.body()) {
      Answer answer = Calls.answer(response);
      if (answer.status() == 207) {
        return Optional.of(Multistatus.read(body, uri));
      }
      if (answer.isAbsent() || (folder.isPresent() && isBelowAnObject(attempt, folder.get()))) {
        return Optional.empty();
      }
      throw answer.status() == 405 || answer.status() == 501
          ? DavFailures.noTree(calls.address(), answer, "PROPFIND")
          : calls.refused(attempt, answer);
    } catch (IOException e) {
      throw calls.explain(attempt, e);
    }
  }

  private boolean isBelowAnObject(String attempt, StoreKey folder) throws StoreException {
    return inTheWay(attempt, folder.child("x")).isPresent();
  }
}
