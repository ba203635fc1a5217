package org.qrepo.store;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;

/** What a symbolic link may hold: a path relative to its folder that stays in the store. */
public final class LinkTarget {
  private LinkTarget() {}

  /**
   * The key that a link leads to.
   *
   * @throws StoreException of kind PERMANENT if the target is absolute, leaves the store, or is not
   *     the path of an object or folder
   */
  public static StoreKey resolve(StoreKey link, String target) throws StoreException {
    Deque<String> path = new ArrayDeque<>(List.of(link.value().split("/", -1)));
    path.removeLast();
    for (String segment : target.split("/", -1)) {
      if (!segment.equals("..")) {
        path.addLast(segment);
      } else if (path.pollLast() == null) {
        throw refused(link, target);
      }
    }
    try {
      return new StoreKey(String.join("/", path));
    } catch (IllegalArgumentException e) {
      throw refused(link, target);
    }
  }

  private static StoreException refused(StoreKey link, String target) {
    String text = "'" + target + "' is no target for the link " + link;
    return new StoreException(
        Kind.PERMANENT, text + ": it must be a relative path within the repository");
  }
}
