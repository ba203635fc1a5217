package org.qrepo.tar;

/**
 * How much of an archive is read, and how strict its last byte is. Bounds are inclusive.
 *
 * @param archive bytes of the whole archive with headers and padding, unpacked
 * @param padding zeros after the end of the archive; programs fill a record of up to 1 MiB
 * @param wholeBlocks whether an archive whose last block is not whole was cut short
 */
public record TarLimits(long archive, long padding, boolean wholeBlocks) {
  public TarLimits {
    if (archive < 0 || padding < 0) {
      throw new IllegalArgumentException("limits are not negative");
    }
  }
}
