package org.qrepo.store.lease;

import java.util.List;
import java.util.Optional;
import org.qrepo.publish.LockedException;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;

/**
 * The lock file that repo-add, repo-remove and publishers on that machine honour beside a database.
 * Ours has a second line, by which the next holder of the store's own lock knows that a publisher
 * of its kind left it who is dead; a publisher on that machine knows nothing of it and waits.
 */
final class ForeignLock {
  private final ForeignFiles files;
  private final StoreKey key;
  private final String text;

  private ForeignLock(ForeignFiles files, StoreKey key, String text) {
    this.files = files;
    this.key = key;
    this.text = text;
  }

  /** Takes it, waiting while another holds it. Only called by the holder of the store's lock. */
  static ForeignLock take(ForeignFiles files, StoreKey key, String nonce, Patience patience)
      throws StoreException {
    String text = ProcessHandle.current().pid() + "\n" + files.mark() + " " + nonce + "\n";
    ForeignLock lock = new ForeignLock(files, key, text);
    while (!files.create(key, text)) {
      Optional<String> there = files.read(key);
      if (there.isPresent() && lock.isLeftByUs(there.get())) {
        files.remove(key);
      } else if (there.isPresent() && !patience.waitALittle()) {
        throw new LockedException(
            key
                + " is there: repo-add or a publisher on that machine is at work, process "
                + there.get().lines().findFirst().filter(l -> l.matches("\\d{1,18}")).orElse("?")
                + "; try again when it is done, or remove the file if none is");
      }
    }
    return lock;
  }

  StoreKey key() {
    return key;
  }

  boolean isHeld() throws StoreException {
    return files.read(key).filter(text::equals).isPresent();
  }

  void release() throws StoreException {
    if (isHeld()) {
      files.remove(key);
    }
  }

  private boolean isLeftByUs(String found) {
    List<String> lines = found.lines().toList();
    return lines.size() > 1 && lines.get(1).startsWith(files.mark() + " ");
  }
}
