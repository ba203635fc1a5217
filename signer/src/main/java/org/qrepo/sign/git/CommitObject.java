package org.qrepo.sign.git;

import java.util.ArrayList;
import java.util.List;

/**
 * A commit.
 *
 * @param id computed from its bytes
 * @param tree what it holds
 * @param parents what it follows, none for the first
 * @param signed the commit without its signature, and that
 */
public record CommitObject(
    ObjectId id, ObjectId tree, List<ObjectId> parents, SignedContent signed) {
  public CommitObject {
    parents = List.copyOf(parents);
  }

  /**
   * Reads the content of a commit.
   *
   * @throws ObjectException if git would not have made it
   */
  public static CommitObject parse(ObjectFormat format, byte[] object) throws ObjectException {
    ObjectHeaders headers = ObjectHeaders.parse(object);
    ObjectId tree = ObjectHeaders.id(headers.at(0, "tree"));
    List<ObjectId> parents = new ArrayList<>();
    List<ObjectHeaders.Header> named = headers.named("parent");
    for (int i = 0; i < named.size(); i++) {
      if (!headers.all().get(i + 1).key().equals("parent")) {
        throw new ObjectException("a parent stands where none may");
      }
      parents.add(ObjectHeaders.id(named.get(i)));
    }
    headers.at(1 + named.size(), "author");
    headers.at(2 + named.size(), "committer");
    return new CommitObject(
        ObjectHash.of(format, ObjectType.COMMIT, object),
        tree,
        parents,
        SignedContent.ofCommit(headers, object, format));
  }
}
