package org.qrepo.store;

import java.util.List;
import org.qrepo.publish.Store;

/** Opens the stores of some schemes. */
public interface StoreFactory {
  /** The schemes in lower case: {@code sftp} for {@code sftp://host/path}. */
  List<String> schemes();

  /** What a target of these schemes looks like, for messages: {@code file:///DIRECTORY}. */
  String form();

  /**
   * Whether its stores try again themselves what failed for a passing reason, request by request;
   * if not, whole calls are repeated around them.
   */
  default boolean repeatsRequests() {
    return false;
  }

  /**
   * Opens the store. Nothing need be reached yet.
   *
   * @param target begins with one of the schemes and {@code ://}
   * @throws TargetException if it is not written as it must be
   */
  Store open(String target);
}
