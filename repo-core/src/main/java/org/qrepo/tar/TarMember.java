package org.qrepo.tar;

/**
 * A member of an archive, as its headers tell.
 *
 * @param path bytes of any encoding: not empty, no zero byte; whatever else it says is not judged
 * @param typeflag {@code '0'} a file, {@code '1'} a hard link, {@code '2'} a symbolic link, {@code
 *     '3'} and {@code '4'} a device, {@code '5'} a directory, {@code '6'} a named pipe; others as
 *     they stand
 * @param size bytes of its content in the archive; of what {@code '1'} to {@code '6'} say, 0
 * @param sparse whether the content is a map of a file with holes and the pieces between them
 */
@SuppressWarnings("ArrayRecordComponent")
public record TarMember(byte[] path, char typeflag, long size, boolean sparse) {
  public boolean isFile() {
    return typeflag == '0';
  }

  public boolean isDirectory() {
    return typeflag == '5';
  }

  /** Whether it is of a kind that POSIX knows. */
  public boolean isStandard() {
    return typeflag >= '0' && typeflag <= '6';
  }
}
