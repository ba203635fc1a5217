package org.qrepo.client.page;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.io.Sha256;

/**
 * A package of the repository, as its database tells. The texts are the packager's and may hold
 * anything.
 *
 * @param description empty if it has none
 * @param homepage only what a browser may open: an absolute {@code http} or {@code https} URL
 * @param size of the file in bytes
 * @param installedSize in bytes; 0 if the entry does not tell
 * @param built when it was; empty if the entry does not tell
 * @param fileName below the repository's URL
 */
public record PackageFacts(
    String name,
    String version,
    String architecture,
    String description,
    Optional<URI> homepage,
    List<String> licenses,
    long size,
    long installedSize,
    Optional<Instant> built,
    String fileName,
    Optional<Sha256> sha256) {
  private static final Set<String> WEB = Set.of("http", "https");

  public PackageFacts {
    licenses = List.copyOf(licenses);
  }

  /** What an entry says. */
  public static PackageFacts of(DatabaseEntry entry) {
    return new PackageFacts(
        entry.name().value(),
        entry.version().value(),
        first(entry, "ARCH"),
        first(entry, "DESC"),
        homepage(first(entry, "URL")),
        entry.values("LICENSE"),
        entry.compressedSize(),
        bytes(first(entry, "ISIZE")),
        Optional.of(entry.buildDate()).filter(s -> s > 0).map(Instant::ofEpochSecond),
        entry.fileName(),
        entry.sha256());
  }

  private static String first(DatabaseEntry entry, String field) {
    return entry.values(field).stream().findFirst().orElse("");
  }

  private static long bytes(String text) {
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
  }

  private static Optional<URI> homepage(String text) {
    try {
      URI uri = new URI(text);
      boolean web = uri.getScheme() != null && WEB.contains(uri.getScheme()) && isPlain(uri);
      return web ? Optional.of(uri) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static boolean isPlain(URI uri) {
    return uri.getHost() != null && uri.getRawUserInfo() == null;
  }
}
