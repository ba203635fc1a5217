package org.qrepo.publish;

import java.nio.charset.StandardCharsets;
import org.qrepo.io.Blob;

/**
 * What makes Apache redirect the databases to their generation where nothing but {@code .htaccess}
 * can be written: one line, which lies in the generation that it leads to. The name {@code
 * .htaccess} is a link through the pointer, so that it changes in the moment of the commit.
 *
 * <p>Apache takes the pattern against the whole path of the URL and applies it in the folders below
 * too, where the databases are that it leads to: the lookbehind lets those through.
 */
final class Htaccess {
  /** What Apache looks for. */
  static final StoreKey KEY = new StoreKey(".htaccess");

  /** Where {@link #KEY} leads. */
  static final String TARGET = Names.CURRENT + "/htaccess";

  private Htaccess() {}

  static StoreKey in(GenerationId id) {
    return Names.generation(id).child("htaccess");
  }

  static Blob of(RepositoryName repository, GenerationId id) {
    String line =
        "RedirectMatch 302 \"^(.*/)(?<!/generations/[0-9a-f]{16}/)("
            + quoted(repository)
            + "[.](?:db|files))(?:[.]tar(?:[.][a-z0-9]+)?)?$\" \"$1"
            + Names.generation(id)
            + "/$2\"\n";
    return Blob.of(line.getBytes(StandardCharsets.US_ASCII));
  }

  /** Without backslashes, which Apache's own quotes would take for theirs. */
  private static String quoted(RepositoryName repository) {
    return repository.value().replaceAll("[.+]", "[$0]");
  }
}
