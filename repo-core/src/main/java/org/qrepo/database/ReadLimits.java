package org.qrepo.database;

/**
 * How much a reader takes from a stranger before it refuses. All are inclusive.
 *
 * @param compressedBytes of the file as it is fetched; pacman itself downloads no database above
 *     128 MiB
 * @param expandedBytes of the archive within
 * @param entries packages
 * @param descBytes of one {@code desc}, or of another small file of an entry
 * @param filesBytes of one {@code files}
 * @param pathLength of one member, in bytes
 * @param ratio expanded bytes for each compressed one, looked at once more than {@link
 *     #FREE_EXPANSION} bytes have come out: small archives are mostly padding and shrink to nothing
 */
public record ReadLimits(
    long compressedBytes,
    long expandedBytes,
    int entries,
    int descBytes,
    long filesBytes,
    int pathLength,
    int ratio) {
  /** Bytes that any archive may expand to, whatever its ratio. */
  public static final long FREE_EXPANSION = 64L << 20;

  private static final ReadLimits DATABASE =
      new ReadLimits(128L << 20, 256L << 20, 100_000, 1 << 20, 256L << 20, 1024, 250);
  private static final ReadLimits FILES =
      new ReadLimits(128L << 20, 16L << 30, 100_000, 1 << 20, 256L << 20, 1024, 250);

  public ReadLimits {
    if (compressedBytes < 1
        || expandedBytes < 1
        || entries < 0
        || descBytes < 1
        || filesBytes < 1
        || pathLength < 1
        || ratio < 1) {
      throw new IllegalArgumentException("limits are positive");
    }
  }

  /** For {@code NAME.db}, whose entries are held in memory. */
  public static ReadLimits database() {
    return DATABASE;
  }

  /** For {@code NAME.files}, which is only streamed. */
  public static ReadLimits files() {
    return FILES;
  }
}
