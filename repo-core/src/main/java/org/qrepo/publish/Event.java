package org.qrepo.publish;

import java.util.List;
import org.qrepo.Finding;

/** What the engine tells while it works; presenting it is for others. */
public sealed interface Event {
  /** Packages are about to be read: how many, and their bytes in all. */
  record Reading(int packages, long bytes) implements Event {}

  /** One package has been read: its bytes. */
  record PackageRead(String file, long bytes) implements Event {}

  /** All packages have been read, in nanoseconds. */
  record AllRead(int packages, long bytes, long nanos) implements Event {}

  /** The plan is made. */
  record Planned(Plan plan) implements Event {}

  /** A commit that another publisher left unfinished is being finished. */
  record FinishingCommit(GenerationId generation) implements Event {}

  /**
   * Signatures are about to be made: of packages, and of both databases if there is a generation.
   */
  record Signing(int packages, boolean databases, String signer) implements Event {}

  /** One signature was made. */
  record Signed(String file) implements Event {}

  /** A generation is about to be written. */
  record Publishing(
      GenerationId generation, long sequence, String location, int objects, long bytes)
      implements Event {}

  /**
   * An object is being sent: how many of its bytes are on their way or were skipped. Less than
   * before when sending began anew.
   */
  record Sending(StoreKey key, long sent, long size) implements Event {}

  /** One object was written or found in place. */
  record Transferred(StoreKey key, long bytes) implements Event {}

  /** The generation is live; what was written for it, and how long that took. */
  record Committed(GenerationId generation, long sequence, long objects, long bytes, long nanos)
      implements Event {}

  /** Another publisher was faster; the work starts over on its state. */
  record Superseded(int attempt) implements Event {}

  /** The public side is about to be checked. */
  record Checking(String site) implements Event {}

  /** One object that nothing names any more was deleted; its bytes. */
  record Deleted(StoreKey key, long bytes) implements Event {}

  /** Something the user should know. */
  record Warning(Finding finding) implements Event {}

  /** A version that is not published because the change holds a higher one. */
  record Skipped(String file, List<String> reasons) implements Event {}
}
