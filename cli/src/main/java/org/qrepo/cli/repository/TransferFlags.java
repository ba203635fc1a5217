package org.qrepo.cli.repository;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of commands that send much. */
public final class TransferFlags {
  @Option(
      names = "--bandwidth",
      paramLabel = "RATE",
      description = "Send no faster than RATE, all files together: 500 KiB/s, 2 MiB/s.")
  private @Nullable String bandwidth;

  /** The other flags, with these. */
  public RepositoryFlags with(RepositoryFlags flags) {
    return bandwidth == null ? flags : flags.withBandwidth(bandwidth);
  }
}
