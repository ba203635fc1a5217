package org.qrepo.database;

/**
 * One member of a tar archive, as its headers tell.
 *
 * @param path as stored, a directory's ends in {@code /}
 * @param size of its content in bytes
 * @param type the kind of member
 */
record TarMember(String path, long size, Type type) {
  /** What a member can be, as far as a database is concerned. */
  enum Type {
    FILE,
    DIRECTORY,
    OTHER
  }
}
