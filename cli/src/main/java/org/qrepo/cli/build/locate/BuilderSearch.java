package org.qrepo.cli.build.locate;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.alpm.PackageFile;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.build.TreeFiles;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.Progress;
import org.qrepo.io.Sha256;

/** Finds what a builder made, by reading all of it. */
public final class BuilderSearch {
  private final Console console;
  private final BuilderTree tree;
  private final TreeFiles files;

  private BuilderSearch(Console console, BuilderTree tree) throws IOException {
    this.console = console;
    this.tree = tree;
    this.files = TreeFiles.of(tree);
  }

  /**
   * Looks through a tree.
   *
   * @param build what should be there
   */
  public static Located in(BuilderTree tree, Config.Build build, Console console)
      throws IOException {
    return new BuilderSearch(console, tree).search(build);
  }

  private Located search(Config.Build build) throws IOException {
    PackageChoice choice = new PackageChoice(read(Candidates.in(tree, build.dist(), files)));
    TemplateSearch templates = new TemplateSearch(files);
    templates.in(tree.templates());
    List<LeftOut> leftOut = new ArrayList<>(choice.leftOut());
    leftOut.addAll(templates.leftOut());
    List<Finding> warnings =
        new Completeness(tree, files, choice.chosen()).of(build, templates.newest());
    return new Located(
        tree, choice.chosen(), templates.newest(), leftOut, warnings, files.problems());
  }

  /** Each file once, whatever the number of its names. */
  private List<LocatedPackage> read(List<Candidate> candidates) throws IOException {
    List<Candidate> distinct = new ArrayList<>();
    Set<Object> seen = new HashSet<>();
    for (Candidate candidate : candidates) {
      if (seen.add(TreeFiles.identity(candidate.path()))) {
        distinct.add(candidate);
      }
    }
    return readAll(distinct);
  }

  /** Copies count once, too. */
  private List<LocatedPackage> readAll(List<Candidate> candidates) throws IOException {
    long total = 0;
    for (Candidate candidate : candidates) {
      total += Files.size(candidate.path());
    }
    Map<Sha256, LocatedPackage> packages = new LinkedHashMap<>();
    try (Progress progress = console.progress("Reading", total)) {
      for (Candidate candidate : candidates) {
        try {
          PackageFile file = PackageFile.read(candidate.path(), Set.of());
          packages.putIfAbsent(file.sha256(), LocatedPackage.of(file, candidate));
          progress.advance(file.size());
        } catch (RefusedException e) {
          files.problems(candidate.path(), e);
        }
      }
    }
    return List.copyOf(packages.values());
  }
}
