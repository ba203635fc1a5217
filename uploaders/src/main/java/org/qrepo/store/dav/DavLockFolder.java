package org.qrepo.store.dav;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.qrepo.io.Blob;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.lease.LeaseSweep;
import org.qrepo.store.lease.LockFolder;

/** The folder of locks {@code .qrepo.lock} of a WebDAV server. */
final class DavLockFolder implements LockFolder {
  static final StoreKey TOP = new StoreKey(".qrepo.lock");

  /** The lock of publishers over WebDAV. */
  static final String OWN = "dav";

  private static final String LOCK = "lock the repository";
  private static final String LOOK = "look at the lock";

  /** A folder that others take away at that moment makes Apache answer 500: how often in a row. */
  private static final int MOST_FAILURES = 5;

  private final Calls calls;
  private final Reader reader;
  private final Tree tree;
  private int failures;

  DavLockFolder(Calls calls, Reader reader, Tree tree) {
    this.calls = calls;
    this.reader = reader;
    this.tree = tree;
  }

  @Override
  public String place() {
    return calls.address().toString();
  }

  @Override
  public boolean isOpen() {
    return !calls.isClosed();
  }

  @Override
  public boolean make(String folder) throws StoreException {
    Answer answer = tree.makeFolder(LOCK, TOP.child(folder));
    if (answer.isDone()) {
      return true;
    }
    if (answer.status() == 405 || tree.folder(LOCK, TOP.child(folder)).isPresent()) {
      return false;
    }
    throw calls.refused(LOCK, answer);
  }

  @Override
  public Optional<Instant> changed(String folder) throws StoreException {
    Optional<Multistatus.Entry> entry = tree.folder(LOOK, TOP.child(folder));
    return entry.isEmpty() ? Optional.empty() : Optional.of(time(entry.get()));
  }

  @Override
  public Optional<List<String>> names(String folder) throws StoreException {
    return tree.list(LOOK, Optional.of(TOP.child(folder)))
        .map(all -> all.stream().map(Multistatus.Entry::name).sorted().toList());
  }

  @Override
  public boolean write(String path, String text) throws StoreException {
    Blob blob = Blob.of(text.getBytes(StandardCharsets.US_ASCII));
    StoreKey key = TOP.child(path);
    try (Upload upload = Upload.send(calls, reader, tree, LOCK, key, blob)) {
      Answer answer = tree.move(LOCK, upload.at(), key);
      if (answer.isDone() || isHeld(path)) {
        failures = 0;
        return true;
      }
      if (isDisturbed(answer) || isAnothers(path)) {
        return false;
      }
      throw calls.refused(LOCK, answer);
    }
  }

  /** Others are at it: a folder of the new name is there already, or that of the old one went. */
  private boolean isDisturbed(Answer answer) {
    return answer.status() == 412 || (answer.status() == 500 && ++failures < MOST_FAILURES);
  }

  private boolean isAnothers(String path) throws StoreException {
    String folder = path.substring(0, path.indexOf('/'));
    String own = path.substring(path.indexOf('/') + 1);
    return names(folder)
        .map(names -> names.stream().anyMatch(name -> !name.equals(own)))
        .orElse(true);
  }

  @Override
  public boolean rename(String from, String to) throws StoreException {
    String attempt = "confirm the lock";
    boolean folder = !from.contains("/");
    Answer answer =
        folder
            ? tree.moveFolder(attempt, TOP.child(from), TOP.child(to))
            : tree.move(attempt, TOP.child(from), TOP.child(to));
    if (answer.isDone()) {
      failures = 0;
      return true;
    }
    if (answer.isAbsent() || !isHeld(from) || (folder && isDisturbed(answer))) {
      return false;
    }
    throw calls.refused(attempt, answer);
  }

  @Override
  public boolean isHeld(String path) throws StoreException {
    return path.contains("/")
        ? reader.look(LOOK, TOP.child(path)).head().isPresent()
        : tree.folder(LOOK, TOP.child(path)).isPresent();
  }

  @Override
  public void remove(String path) throws StoreException {
    tree.remove("give up the lock", TOP.child(path));
  }

  @Override
  public void drop(String folder) throws StoreException {
    tree.drop("remove the lock", TOP.child(folder));
  }

  @Override
  public Instant now() throws StoreException {
    String attempt = "ask for the server's time";
    try (Upload probe = Upload.send(calls, reader, tree, attempt, TOP, Blob.of(new byte[0]))) {
      return reader
          .look(attempt, probe.at())
          .head()
          .map(Head::modified)
          .orElseThrow(() -> DavFailures.absent(probe.at()));
    }
  }

  @Override
  public List<Left> locks(Duration life) throws StoreException {
    return left(TOP, life, Multistatus.Entry::folder);
  }

  /** Folders there hold what could not be put back: they are for people to look at. */
  @Override
  public List<Left> unfinished() throws StoreException {
    return left(
        Tree.UNFINISHED,
        LeaseSweep.ABANDONED,
        entry -> !entry.folder() && entry.name().startsWith(Upload.PREFIX));
  }

  @Override
  public void removeUnfinished(String name) throws StoreException {
    tree.remove("remove what was left unfinished", Tree.UNFINISHED.child(name));
  }

  /** A folder goes with all that is in it, so those that are empty stay. */
  @Override
  public void tidy() {}

  private List<Left> left(StoreKey folder, Duration kept, Predicate<Multistatus.Entry> wanted)
      throws StoreException {
    return tree
        .list("look for what was left unfinished", Optional.of(folder))
        .orElse(List.of())
        .stream()
        .filter(wanted)
        .flatMap(e -> e.changed().map(time -> new Left(e.name(), time, kept)).stream())
        .toList();
  }

  private static Instant time(Multistatus.Entry entry) throws StoreException {
    return entry
        .changed()
        .orElseThrow(
            () ->
                new StoreException(
                    Kind.PERMANENT, "the server does not tell when a folder was last changed"));
  }
}
