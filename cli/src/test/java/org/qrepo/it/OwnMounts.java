package org.qrepo.it;

import java.util.List;
import org.opentest4j.TestAbortedException;

/** Shell scripts that run as root with mounts of their own, which end with them. */
final class OwnMounts {
  private OwnMounts() {}

  /** Returns only where this machine lets somebody mount a file system. */
  static void require() {
    Programs.require("unshare", "mount", "umount");
    if (unshare().with("true").run().code() != 0) {
      throw new TestAbortedException("limitation: this machine lets nobody mount a file system");
    }
  }

  /**
   * A script for {@code sh}.
   *
   * @param words its arguments {@code $1}, {@code $2}…
   */
  static Command script(String script, List<String> words) {
    return unshare()
        .with("sh", "-c", "mount --make-rprivate / 2> /dev/null || true\n" + script, "sh")
        .with(words);
  }

  static Command unshare() {
    boolean rooted = "root".equals(System.getProperty("user.name"));
    return rooted ? Command.of("unshare", "-m") : Command.of("unshare", "-rm");
  }
}
