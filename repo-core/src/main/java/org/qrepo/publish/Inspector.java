package org.qrepo.publish;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.alpm.Architecture;
import org.qrepo.alpm.PackageFile;
import org.qrepo.alpm.PackageFileName;
import org.qrepo.alpm.PackageInfo;
import org.qrepo.alpm.PackageName;
import org.qrepo.database.DescVersion;
import org.qrepo.io.HashAlgorithm;

/**
 * Reads the packages of a change, each in one pass, and refuses them all if one is not fit to
 * publish.
 */
final class Inspector {
  /** Findings about a signature that a new one does not mend: somebody else's key made it. */
  static final Set<String> FOREIGN = Set.of("key-unknown", "key-not-allowed");

  private final RepositorySpec spec;
  private final Verifier verifier;
  private final Events events;
  private final Workers workers;

  Inspector(RepositorySpec spec, Verifier verifier, Events events, Workers workers) {
    this.spec = spec;
    this.verifier = verifier;
    this.events = events;
    this.workers = workers;
  }

  /** The outcome: of several versions of a name only the highest. */
  record Inspection(List<Input> inputs, List<Finding> warnings) {}

  private record Result(Optional<Input> input, List<Finding> refusals, List<Finding> warnings) {}

  Inspection inspect(List<Path> files) throws IOException {
    long start = System.nanoTime();
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.isRegularFile(file) ? Files.size(file) : 0;
    }
    events.on(new Event.Reading(files.size(), bytes));
    List<Result> results = workers.map(files, this::inspect);
    events.on(new Event.AllRead(files.size(), bytes, System.nanoTime() - start));

    List<Finding> refusals =
        new ArrayList<>(results.stream().flatMap(r -> r.refusals().stream()).toList());
    List<Input> inputs = results.stream().flatMap(r -> r.input().stream()).toList();
    List<Input> highest = highest(inputs, refusals);
    refuseMixedArchitectures(highest, refusals);
    if (!refusals.isEmpty()) {
      throw new RefusedException(refusals);
    }
    return new Inspection(highest, results.stream().flatMap(r -> r.warnings().stream()).toList());
  }

  private Result inspect(Path file) throws IOException {
    try {
      Optional<byte[]> signature = signatureBeside(file);
      Collection<HashAlgorithm> wanted = wanted(signature);
      PackageFile read = PackageFile.read(file, wanted);
      events.on(new Event.PackageRead(read.fileName().value(), read.size()));
      List<Finding> refusals = new ArrayList<>(architecture(spec, read.fileName(), read.info()));
      read.nameMismatch().ifPresent(refusals::add);
      List<Finding> warnings = new ArrayList<>();
      Optional<byte[]> good = signature.flatMap(s -> judge(read, s, refusals, warnings));
      return new Result(Optional.of(new Input(read, good)), refusals, warnings);
    } catch (RefusedException e) {
      return new Result(Optional.empty(), e.findings(), List.of());
    }
  }

  private static Optional<byte[]> signatureBeside(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file.resolveSibling(file.getFileName() + ".sig"))) {
      return Optional.of(GenerationReader.signatureBytes(in));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private Collection<HashAlgorithm> wanted(Optional<byte[]> signature) {
    List<HashAlgorithm> wanted = new ArrayList<>();
    signature.ifPresent(s -> wanted.addAll(verifier.algorithms(s)));
    if (spec.desc().version() == DescVersion.V1) {
      wanted.add(HashAlgorithm.MD5);
    }
    return wanted;
  }

  /** What is wrong if the package is for machines that the repository is not for. */
  static List<Finding> architecture(RepositorySpec spec, PackageFileName file, PackageInfo info) {
    Optional<Architecture> own = info.architecture();
    if (own.isEmpty()
        || own.get().isAny()
        || spec.architecture().isEmpty()
        || own.equals(spec.architecture())) {
      return List.of();
    }
    return List.of(
        Finding.of(
            "package-architecture",
            file.value(),
            "built for " + own.get() + ", the repository is for " + spec.architecture().get(),
            "pacman would say: package architecture is not valid"));
  }

  /** A signature that clients accept is used; another's is refused; what is broken is made anew. */
  private Optional<byte[]> judge(
      PackageFile file, byte[] signature, List<Finding> refusals, List<Finding> warnings) {
    Verifier.Verdict verdict =
        verifier.verify(
            file.fileName().value() + ".sig", signature, file.digests(), Verifier.Form.BINARY);
    if (verdict instanceof Verifier.Verdict.Good) {
      return Optional.of(signature);
    }
    Finding finding = ((Verifier.Verdict.Bad) verdict).finding();
    if (FOREIGN.contains(finding.id())) {
      refusals.add(finding);
    } else {
      List<String> details = new ArrayList<>(finding.details());
      details.add("It is not used: a new signature takes its place.");
      warnings.add(new Finding(finding.id(), finding.subject(), finding.reason(), details));
    }
    return Optional.empty();
  }

  private List<Input> highest(List<Input> inputs, List<Finding> refusals) {
    Map<PackageName, Input> best = new HashMap<>();
    for (Input input : inputs) {
      Input other = best.putIfAbsent(input.file().info().name(), input);
      if (other != null) {
        best.put(input.file().info().name(), higher(other, input, refusals));
      }
    }
    return best.values().stream()
        .sorted((a, b) -> a.file().info().name().compareTo(b.file().info().name()))
        .toList();
  }

  private Input higher(Input a, Input b, List<Finding> refusals) {
    int order = a.file().info().version().compareTo(b.file().info().version());
    if (order == 0 && !a.file().digests().sha256().equals(b.file().digests().sha256())) {
      refusals.add(
          Finding.of(
              "package-ambiguous",
              b.file().fileName().value(),
              "the same version as " + a.file().fileName().value() + ", with other bytes",
              "Give the one that is meant."));
    }
    Input higher = order >= 0 ? a : b;
    Input lower = order >= 0 ? b : a;
    if (order != 0) {
      events.on(
          new Event.Skipped(
              lower.file().fileName().value(),
              List.of(higher.file().fileName().value() + " is higher by vercmp")));
    }
    return higher;
  }

  private void refuseMixedArchitectures(List<Input> inputs, List<Finding> refusals) {
    List<Architecture> architectures =
        inputs.stream()
            .flatMap(i -> i.file().info().architecture().stream())
            .filter(a -> !a.isAny())
            .distinct()
            .toList();
    if (architectures.size() > 1 && spec.architecture().isEmpty()) {
      refusals.add(
          Finding.of(
              "package-architecture",
              spec.name().value(),
              "the packages are for several architectures: " + architectures,
              "A repository serves one. Name it (repository.arch), or publish them apart."));
    }
  }
}
