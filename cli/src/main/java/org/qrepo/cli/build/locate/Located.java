package org.qrepo.cli.build.locate;

import java.nio.file.Path;
import java.util.List;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.build.BuilderTree;

/**
 * What a builder made.
 *
 * @param packages of each name what was built last, by component and name
 * @param templates the newest of each name
 * @param leftOut what lies there besides
 * @param warnings what is missing or looks old
 * @param problems what could not be read, or may not be: while there are any, nobody can say that
 *     the rest is all
 */
public record Located(
    BuilderTree tree,
    List<LocatedPackage> packages,
    List<LocatedTemplate> templates,
    List<LeftOut> leftOut,
    List<Finding> warnings,
    List<Finding> problems) {
  public Located {
    packages = List.copyOf(packages);
    templates = List.copyOf(templates);
    leftOut = List.copyOf(leftOut);
    warnings = List.copyOf(warnings);
    problems = List.copyOf(problems);
  }

  /**
   * The same, for those who need all of it.
   *
   * @throws RefusedException if there are problems
   */
  public Located requireWhole() {
    if (!problems.isEmpty()) {
      throw new RefusedException(problems);
    }
    return this;
  }

  /** The files of the packages. */
  public List<Path> packageFiles() {
    return packages.stream().map(LocatedPackage::path).toList();
  }

  /** The files of the templates. */
  public List<Path> templateFiles() {
    return templates.stream().map(LocatedTemplate::path).toList();
  }

  /** How people may read a path: from the builder's directory if it lies there. */
  public String shown(Path path) {
    return path.startsWith(tree.directory())
        ? tree.directory().relativize(path).toString()
        : path.toString();
  }
}
