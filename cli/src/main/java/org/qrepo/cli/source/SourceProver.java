package org.qrepo.cli.source;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.publish.Fingerprint;
import org.qrepo.sign.git.CommitObject;
import org.qrepo.sign.git.ObjectId;
import org.qrepo.sign.git.ObjectType;
import org.qrepo.sign.git.SourceKeys;
import org.qrepo.sign.git.SourceSignature;
import org.qrepo.sign.git.SourceVerifier;
import org.qrepo.sign.git.TagObject;

/** Finds out whether the developers signed exactly this commit, by a tag on it or in itself. */
final class SourceProver {
  private static final int MOST_FINDINGS = 10;
  private static final int MOST_STEPS = 100_000;

  private final ObjectStore store;
  private final Fingerprint master;
  private final SourceKeys keys;
  private final SourceVerifier verifier;

  SourceProver(ObjectStore store, Fingerprint master, SourceKeys keys) {
    this.store = store;
    this.master = master;
    this.keys = keys;
    this.verifier = new SourceVerifier(keys);
  }

  /**
   * Proves it.
   *
   * @param tags all that are known, by name
   * @throws RefusedException with everything that is wrong
   */
  SourceProof prove(ObjectId id, BuilderKind kind, Map<String, ObjectId> tags) throws IOException {
    CommitObject commit = store.commit(id);
    List<Finding> bad = new ArrayList<>();
    Map<String, TagObject> annotated = annotated(tags, bad);
    List<SourceProof.SignedTag> good = new ArrayList<>();
    for (Map.Entry<String, TagObject> tag : annotated.entrySet()) {
      if (tag.getValue().target().equals(id)) {
        take(tag.getKey(), tag.getValue(), good, bad);
      }
    }
    SourceSignature own = verifier.verify("commit " + id.abbreviated(), commit.signed());
    if (own instanceof SourceSignature.Bad wrong) {
      bad.addAll(wrong.findings());
    }
    Optional<SourceSignature.Good> ownGood =
        own instanceof SourceSignature.Good g ? Optional.of(g) : Optional.empty();
    if (good.isEmpty() && ownGood.isEmpty()) {
      List<Finding> why = new ArrayList<>(keys.findings());
      why.addAll(bad.isEmpty() ? List.of(unsigned(commit, annotated)) : bad);
      throw new RefusedException(why.subList(0, Math.min(why.size(), MOST_FINDINGS)));
    }
    return new SourceProof(id, kind, master, good, ownGood, bad);
  }

  private Map<String, TagObject> annotated(Map<String, ObjectId> tags, List<Finding> bad)
      throws IOException {
    Map<String, TagObject> annotated = new TreeMap<>();
    for (Map.Entry<String, ObjectId> tag : tags.entrySet()) {
      try {
        store.tag(tag.getKey(), tag.getValue()).ifPresent(t -> annotated.put(tag.getKey(), t));
      } catch (RefusedException e) {
        bad.addAll(e.findings());
      }
    }
    return annotated;
  }

  private void take(
      String name, TagObject tag, List<SourceProof.SignedTag> good, List<Finding> bad) {
    String subject = "tag " + name;
    if (!tag.name().equals(name)) {
      bad.add(
          Finding.of(
              "tag-name-differs",
              subject,
              "the tag was made and signed as '" + tag.name() + "'",
              "Someone gave a genuine tag another name, to pass an old version off as another.",
              "Fetch from another server: build.url."));
      return;
    }
    if (tag.targetType() != ObjectType.COMMIT) {
      return;
    }
    SourceSignature signature = verifier.verify(subject, tag.signed());
    if (signature instanceof SourceSignature.Good by) {
      good.add(new SourceProof.SignedTag(name, by));
    } else if (signature instanceof SourceSignature.Bad wrong) {
      bad.addAll(wrong.findings());
    } else {
      bad.add(
          Finding.of(
              "tag-unsigned",
              subject,
              "the tag has no signature",
              "Anyone can make such a tag. Choose a version that a developer signed."));
    }
  }

  private Finding unsigned(CommitObject commit, Map<String, TagObject> annotated)
      throws IOException {
    Map<ObjectId, String> names = new HashMap<>();
    annotated.forEach((name, tag) -> names.put(tag.target(), name));
    int steps = 0;
    Set<ObjectId> seen = new HashSet<>(Set.of(commit.id()));
    Deque<ObjectId> next = new ArrayDeque<>(commit.parents());
    while (!next.isEmpty() && !names.isEmpty() && steps++ < MOST_STEPS) {
      ObjectId id = next.poll();
      String name = names.get(id);
      if (name != null) {
        return elsewhere(commit, name, id);
      }
      if (seen.add(id)) {
        next.addAll(parents(id));
      }
    }
    return annotated.entrySet().stream()
        .findFirst()
        .map(tag -> elsewhere(commit, tag.getKey(), tag.getValue().target()))
        .orElseGet(() -> unsigned(commit));
  }

  /** None where the history of a shallow checkout ends. */
  private List<ObjectId> parents(ObjectId id) throws IOException {
    try {
      return store.commit(id).parents();
    } catch (RefusedException e) {
      return List.of();
    }
  }

  private static Finding elsewhere(CommitObject commit, String tag, ObjectId target) {
    return Finding.of(
        "tag-elsewhere",
        "commit " + commit.id().abbreviated(),
        "no tag is on it: the nearest, '" + tag + "', is on " + target.abbreviated(),
        "A tag says nothing of what came after it, and the commit itself is not signed.",
        "Fetch again when the developers have tagged it, or choose another branch: build.branch.");
  }

  private static Finding unsigned(CommitObject commit) {
    return Finding.of(
        "source-unsigned",
        "commit " + commit.id().abbreviated(),
        "no tag is on it, and it is not signed itself",
        "Anyone could have made it.",
        "Fetch from where the developers publish (build.url), or a branch of theirs:"
            + " build.branch.");
  }
}
