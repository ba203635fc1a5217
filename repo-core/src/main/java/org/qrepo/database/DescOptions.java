package org.qrepo.database;

/**
 * What the entries of new packages hold.
 *
 * @param version of the {@code desc} format
 * @param includeSignatures whether PGPSIG repeats the package's signature; clients since pacman 6.0
 *     fetch the {@code .sig} file all the same
 */
public record DescOptions(DescVersion version, boolean includeSignatures) {
  /** As repo-add does it since pacman 6.1. */
  public static final DescOptions DEFAULT = new DescOptions(DescVersion.V2, false);
}
