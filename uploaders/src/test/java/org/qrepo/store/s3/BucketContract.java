package org.qrepo.store.s3;

import java.io.IOException;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.qrepo.store.CountedCases;
import org.qrepo.store.StoreContract;

/** What every bucket does: what every store does, but for what a bucket is not. */
@ExtendWith(CountedCases.class)
abstract class BucketContract extends StoreContract {
  private static final String NO_TREE = "limitation: a name of a bucket may be object and folder";

  @Override
  @Test
  @Disabled(NO_TREE)
  protected void writingWhereAFolderIsConflicts() throws IOException {
    super.writingWhereAFolderIsConflicts();
  }

  @Override
  @Test
  @Disabled(NO_TREE)
  protected void writingBelowAnObjectConflicts() throws IOException {
    super.writingBelowAnObjectConflicts();
  }

  @Override
  @Test
  @Disabled(NO_TREE)
  protected void swapWhereAFolderIsConflicts() throws IOException {
    super.swapWhereAFolderIsConflicts();
  }

  @Override
  protected int rounds() {
    return 30;
  }

  @Override
  protected int many() {
    return 1050;
  }

  @Override
  protected long big() {
    return 40_000_000;
  }
}
