package org.qrepo.publish;

import org.qrepo.io.Sha256;

/** One thing that a publish does, as a value: it can be printed, saved and compared. */
public sealed interface Step {
  /** Brings a commit to its end that another publisher began. */
  record FinishCommit(GenerationId generation) implements Step {}

  /** Makes a signature for a package that has none that clients would accept. */
  record SignPackage(StoreKey file, Sha256 digest) implements Step {}

  /** Writes the next generation: both databases and their signatures. */
  record WriteGeneration(long sequence, int entries) implements Step {}

  /**
   * Writes a package file under a name that never changes.
   *
   * @param source a local file, or a store and the name there
   */
  record UploadPackage(StoreKey file, String source, long size, Sha256 digest) implements Step {}

  /** Uses a package file that is in the store already; it is checked again before the commit. */
  record ReusePackage(StoreKey file, long size, Sha256 digest) implements Step {}

  /** Writes the signature of a package. */
  record UploadSignature(StoreKey file) implements Step {}

  /** Keeps a signature that is in the store already and verifies. */
  record KeepSignature(StoreKey file) implements Step {}

  /** Makes the generation live: clients see it from here on. */
  record Commit(Layout layout, long sequence) implements Step {}
}
