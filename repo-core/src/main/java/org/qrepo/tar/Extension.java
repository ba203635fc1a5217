package org.qrepo.tar;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an extended header says about the member that follows it; it goes before the member's own
 * header.
 */
@SuppressWarnings("ArrayRecordComponent")
record Extension(Optional<byte[]> path, OptionalLong size, boolean sparse) {
  static final Extension NONE = new Extension(Optional.empty(), OptionalLong.empty(), false);

  static Extension of(PaxRecords records) throws TarException {
    return new Extension(records.path(), records.size(), records.isSparse());
  }

  /** A GNU long name, which ends at its first zero byte. */
  static Extension ofLongName(byte[] name) {
    int end = 0;
    while (end < name.length && name[end] != 0) {
      end++;
    }
    return new Extension(Optional.of(Arrays.copyOf(name, end)), OptionalLong.empty(), false);
  }
}
