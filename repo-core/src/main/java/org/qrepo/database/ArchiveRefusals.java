package org.qrepo.database;

import org.qrepo.RefusedException;
import org.qrepo.tar.TarException;

/**
 * Says what is wrong with the tar archive of a database.
 *
 * @param maxPath the longest name of a member, in bytes
 */
record ArchiveRefusals(Subject subject, int maxPath) {
  /**
   * What it means for a database that its archive is none.
   *
   * @param start the first bytes of what should be an archive
   */
  RefusedException of(TarException e, byte[] start) {
    return switch (e.kind()) {
      case EMPTY, NOT_TAR -> Impostor.refuse(subject, start, start.length);
      case TRUNCATED, DANGLING -> truncated();
      case CHECKSUM -> damaged("a member's header is garbled");
      case NUMBER -> damaged("a member's size is no number");
      case NAME -> damaged("a member has no readable name");
      case ENCODING -> notUtf8(e.value());
      case RECORDS -> damaged("an extended header is malformed");
      case CONFLICT -> damaged("a member has two names, and readers disagree which");
      case GLOBAL ->
          damaged("a global header renames or resizes every member, which readers disagree about");
      case CONTENT ->
          damaged(
              (e.value().equals("5") ? "a directory" : "a link or device")
                  + " has content, which readers disagree about");
      case TRAILING -> damaged("something follows the end of the archive");
      case LONG_NAME -> pathTooLong();
      case EXTENDED_HEADER -> damaged("an extended header of " + e.value() + " bytes is absurd");
      case PADDING, TOO_LARGE -> damaged(String.valueOf(e.getMessage()));
    };
  }

  /**
   * Checks the name of a member.
   *
   * @throws RefusedException if it has more than {@link #maxPath} bytes
   */
  void checkLength(int bytes) {
    if (bytes > maxPath) {
      throw pathTooLong();
    }
  }

  /**
   * @param name its bytes as characters of ISO 8859-1
   */
  RefusedException notUtf8(String name) {
    return damaged("a member's name is not UTF-8: " + Subject.quote(name));
  }

  RefusedException damaged(String reason) {
    return subject.refuse(
        "database-damaged",
        "the archive is damaged: " + reason,
        "fetch it again, or restore the last good generation");
  }

  private RefusedException truncated() {
    return subject.refuse(
        "database-truncated",
        "the archive ends early",
        "clients would see only part of the repository",
        "fetch it again, or restore the last good generation");
  }

  private RefusedException pathTooLong() {
    return subject.refuse(
        "database-path-length",
        "a member's name is longer than " + maxPath + " bytes",
        "clients read names of packages and versions up to 255 bytes in all");
  }
}
