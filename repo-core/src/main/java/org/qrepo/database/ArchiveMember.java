package org.qrepo.database;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import org.qrepo.tar.TarMember;

/**
 * One member of a database archive.
 *
 * @param path a directory's ends in {@code /}
 * @param size of its content in bytes
 * @param type the kind of member
 */
record ArchiveMember(String path, long size, Type type) {
  /** What a member can be, as far as a database is concerned. */
  enum Type {
    FILE,
    DIRECTORY,
    OTHER
  }

  /**
   * Takes a member of the tar archive.
   *
   * @throws org.qrepo.RefusedException if its name is too long or not UTF-8
   */
  static ArchiveMember of(TarMember member, ArchiveRefusals refusals) {
    String path = decode(member.path(), refusals);
    boolean slash = path.endsWith("/");
    Type type = type(member, slash);
    return new ArchiveMember(
        type == Type.DIRECTORY && !slash ? path + "/" : path, member.size(), type);
  }

  /** Old programs wrote a directory as an empty file whose name ends in a slash. */
  private static Type type(TarMember member, boolean slash) {
    if (member.isDirectory() || (member.isFile() && slash && member.size() == 0)) {
      return Type.DIRECTORY;
    }
    return member.isFile() && !slash ? Type.FILE : Type.OTHER;
  }

  private static String decode(byte[] path, ArchiveRefusals refusals) {
    refusals.checkLength(path.length);
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(path)).toString();
    } catch (CharacterCodingException e) {
      throw refusals.notUtf8(new String(path, ISO_8859_1));
    }
  }
}
