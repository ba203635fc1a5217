package org.qrepo.publish;

import java.util.List;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.io.Sha256;

/**
 * What a publish will do, computed from an intent and the remote state before anything is written.
 * Two plans are equal when they would do the same: a plan that was saved is carried out only if
 * planning again gives an equal one.
 *
 * @param location the store
 * @param base the live generation that the plan builds on; empty for a new repository
 * @param changes what happens to each package, in order of their names
 * @param unchanged packages of the change that are published already, byte for byte
 * @param steps in the order of their execution; empty if the change is published already
 * @param warnings what the user should know and that does not stop the publish
 */
public record Plan(
    RepositoryName repository,
    String location,
    Intent intent,
    Optional<Base> base,
    List<PackageChange> changes,
    int unchanged,
    List<Step> steps,
    List<Finding> warnings) {
  public Plan {
    changes = List.copyOf(changes);
    steps = List.copyOf(steps);
    warnings = List.copyOf(warnings);
  }

  /**
   * The state that a plan builds on.
   *
   * @param sequence its place in the chain, from 1
   * @param database the digest of its database
   */
  public record Base(long sequence, Sha256 database) {
    public GenerationId generation() {
      return GenerationId.of(database);
    }
  }

  /** The place in the chain that this plan takes, if it commits anything. */
  public long nextSequence() {
    return base.map(Base::sequence).orElse(0L) + 1;
  }

  /** Whether nothing would be written. */
  public boolean isDone() {
    return steps.isEmpty();
  }

  /** Whether a new generation is made. */
  public boolean commits() {
    return steps.stream().anyMatch(Step.Commit.class::isInstance);
  }

  /** The bytes of packages that would be sent. */
  public long uploadBytes() {
    return steps.stream()
        .filter(Step.UploadPackage.class::isInstance)
        .mapToLong(s -> ((Step.UploadPackage) s).size())
        .sum();
  }

  /** The bytes of packages in the store that are read to be signed anew. */
  public long readBytes() {
    if (!(intent instanceof Resigning)) {
      return 0;
    }
    return steps.stream()
        .filter(Step.ReusePackage.class::isInstance)
        .mapToLong(s -> ((Step.ReusePackage) s).size())
        .sum();
  }
}
