package org.qrepo.sign.git;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Computes the id of an object while its content streams by. */
public final class ObjectHash {
  private final MessageDigest digest;

  private ObjectHash(MessageDigest digest) {
    this.digest = digest;
  }

  /**
   * An object whose content follows.
   *
   * @param size of the content, in bytes
   */
  public static ObjectHash begin(ObjectFormat format, ObjectType type, long size) {
    MessageDigest digest = format.hash().newDigest();
    digest.update((type.word() + " " + size + "\0").getBytes(StandardCharsets.US_ASCII));
    return new ObjectHash(digest);
  }

  /** The id of an object at hand. */
  public static ObjectId of(ObjectFormat format, ObjectType type, byte[] content) {
    ObjectHash hash = begin(format, type, content.length);
    hash.update(content, 0, content.length);
    return hash.finish();
  }

  public void update(byte[] bytes, int offset, int length) {
    digest.update(bytes, offset, length);
  }

  /** The id; nothing can be added after it. */
  public ObjectId finish() {
    return new ObjectId(HexFormat.of().formatHex(digest.digest()));
  }
}
