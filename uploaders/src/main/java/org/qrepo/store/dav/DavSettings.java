package org.qrepo.store.dav;

import java.time.Duration;
import org.qrepo.store.http.CredentialSource;
import org.qrepo.store.http.HttpSettings;

/**
 * How a web server that takes files is reached, and what it can do.
 *
 * @param web how it is reached
 * @param credentials who publishes
 * @param tree whether it has WebDAV's folders ({@code MKCOL}, {@code MOVE}, {@code PROPFIND}); if
 *     not, it takes {@code PUT} and no more, and only one publisher may write
 */
public record DavSettings(
    HttpSettings web, CredentialSource credentials, boolean tree, Limits limits) {

  /**
   * Bounds in time.
   *
   * @param lock for how long a lock holds that its holder does not renew, by the server's clock
   * @param settle how long a marker must stand before it counts as a lock, where there are no
   *     folders: longer than a rival's write of the same marker takes
   */
  public record Limits(Duration lock, Duration settle) {
    public static final Limits STANDARD = new Limits(Duration.ofMinutes(10), Duration.ofSeconds(2));
  }

  /** WebDAV, nobody in particular, and as patient as with a server of files. */
  public static DavSettings standard() {
    HttpSettings web =
        HttpSettings.standard().withTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(60));
    return new DavSettings(web, CredentialSource.NONE, true, Limits.STANDARD);
  }

  public DavSettings withWeb(HttpSettings settings) {
    return new DavSettings(settings, credentials, tree, limits);
  }

  public DavSettings withCredentials(CredentialSource source) {
    return new DavSettings(web, source, tree, limits);
  }

  public DavSettings withTree(boolean folders) {
    return new DavSettings(web, credentials, folders, limits);
  }

  public DavSettings withLimits(Limits bounds) {
    return new DavSettings(web, credentials, tree, bounds);
  }
}
