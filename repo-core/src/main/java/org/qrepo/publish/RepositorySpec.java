package org.qrepo.publish;

import java.util.Optional;
import org.qrepo.alpm.Architecture;
import org.qrepo.database.DescOptions;
import org.qrepo.io.Compression;

/**
 * How a repository is to be written.
 *
 * @param architecture what its packages are for besides {@code any}; empty: whatever the packages
 *     agree on
 * @param aliases whether the databases are offered under repo-add's names too ({@code
 *     NAME.db.tar.gz})
 * @param htaccess whether a {@code .htaccess} redirects the databases to their generation; in the
 *     pointer layout only
 */
public record RepositorySpec(
    RepositoryName name,
    Optional<Architecture> architecture,
    Layout layout,
    Compression compression,
    DescOptions desc,
    boolean aliases,
    boolean htaccess) {
  public RepositorySpec {
    if (htaccess && layout != Layout.POINTER) {
      throw new IllegalArgumentException(".htaccess follows the pointer, and there is none");
    }
  }

  /** One without {@code .htaccess}. */
  public RepositorySpec(
      RepositoryName name,
      Optional<Architecture> architecture,
      Layout layout,
      Compression compression,
      DescOptions desc,
      boolean aliases) {
    this(name, architecture, layout, compression, desc, aliases, false);
  }
}
