package org.qrepo.publish;

/**
 * Takes over a repository that repo-add made, or builderv2, which drives it: every package that its
 * database names is read and checked, what has no good signature is signed, and a first generation
 * is published whose entries and file lists are made from the packages themselves. Where nothing
 * but a repository with lineage is, there is nothing to do.
 *
 * @param options what is allowed that is refused otherwise
 */
public record Adoption(Options options) implements Intent {
  /**
   * What is allowed that is refused otherwise.
   *
   * @param dropMissing entries whose file is not there are left out
   * @param takeFiles where a file is another than its entry says, the file is published
   * @param resign signatures by keys that are not trusted are replaced
   * @param anew a chain begins although one was published here before
   */
  public record Options(boolean dropMissing, boolean takeFiles, boolean resign, boolean anew) {
    public static final Options NONE = new Options(false, false, false, false);
  }
}
