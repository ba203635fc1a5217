package org.qrepo.publish;

import java.util.Optional;
import java.util.regex.Pattern;
import org.qrepo.io.Sha256;

/**
 * The name of one state of a repository: the beginning of the SHA-256 of its database, so that the
 * generation of a live database is found without a listing.
 *
 * @param value 16 lower-case hex digits
 */
public record GenerationId(String value) {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{16}");

  public GenerationId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "'" + value + "' is not a generation: 16 hex digits are needed");
    }
  }

  /** The generation that a folder is named after; empty if the name is that of no generation. */
  static Optional<GenerationId> named(String folder) {
    return FORM.matcher(folder).matches()
        ? Optional.of(new GenerationId(folder))
        : Optional.empty();
  }

  /** The generation whose database has this digest. */
  public static GenerationId of(Sha256 database) {
    return new GenerationId(database.hex().substring(0, 16));
  }

  @Override
  public String toString() {
    return value;
  }
}
