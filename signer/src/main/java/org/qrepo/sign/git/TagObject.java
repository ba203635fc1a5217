package org.qrepo.sign.git;

import java.nio.charset.StandardCharsets;

/**
 * An annotated tag.
 *
 * @param id computed from its bytes
 * @param target what it is on
 * @param targetType what kind of object that is
 * @param name as it says itself, which a ref of another name may hide
 * @param signed the tag without its signature, and that
 */
public record TagObject(
    ObjectId id, ObjectId target, ObjectType targetType, String name, SignedContent signed) {
  /**
   * Reads the content of a tag.
   *
   * @throws ObjectException if git would not have made it
   */
  public static TagObject parse(ObjectFormat format, byte[] object) throws ObjectException {
    ObjectHeaders headers = ObjectHeaders.parse(object);
    ObjectId target = ObjectHeaders.id(headers.at(0, "object"));
    ObjectType type =
        ObjectType.of(headers.at(1, "type").text())
            .orElseThrow(() -> new ObjectException("it is on an object of unknown kind"));
    if (headers.all().stream().filter(ObjectHeaders.Header::isSignature).count() > 1) {
      // versions of git differ in what they take for the signed bytes
      throw new ObjectException("there are several signatures among the headers");
    }
    String name = new String(headers.at(2, "tag").bytes(), StandardCharsets.UTF_8);
    return new TagObject(
        ObjectHash.of(format, ObjectType.TAG, object),
        target,
        type,
        name,
        SignedContent.ofTag(headers, object));
  }
}
