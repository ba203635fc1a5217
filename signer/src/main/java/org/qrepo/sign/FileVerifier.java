package org.qrepo.sign;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.alpm.PackageFile;
import org.qrepo.alpm.PackageLook;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Verifier;
import org.qrepo.publish.Verifier.Form;

/**
 * Verifies files where they lie, each with the signature beside it: {@code FILE.sig}. The signature
 * is read first, it decides what is computed in the one pass over the file. Packages are read as
 * archives in the same pass. Memory does not depend on the size of a file.
 */
public final class FileVerifier {
  private final KeyringVerifier verifier;

  public FileVerifier(KeyringVerifier verifier) {
    this.verifier = verifier;
  }

  /**
   * The reports in the order of the files.
   *
   * @param threads how many files are read at a time
   * @param done told of each report as it is made, by any thread
   * @throws InterruptedException if the caller was interrupted; the work has ended then
   */
  public List<FileReport> verify(List<Path> files, int threads, Consumer<FileReport> done)
      throws InterruptedException {
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<FileReport>> work =
          files.stream().<Callable<FileReport>>map(file -> () -> verify(file, done)).toList();
      List<FileReport> reports = new ArrayList<>();
      for (Future<FileReport> future : workers.invokeAll(work)) {
        reports.add(report(future));
      }
      return reports;
    } finally {
      workers.shutdownNow();
    }
  }

  private static FileReport report(Future<FileReport> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private FileReport verify(Path file, Consumer<FileReport> done) {
    FileReport report = verify(file);
    done.accept(report);
    return report;
  }

  /** One file; that it cannot be read is in the report. */
  public FileReport verify(Path file) {
    try {
      Optional<byte[]> signature = signature(SignedFiles.signatureOf(file));
      return read(file, signature);
    } catch (RefusedException e) {
      return new FileReport(file, Optional.empty(), Optional.empty(), List.of(), e.findings());
    } catch (IOException e) {
      Finding finding =
          Finding.of(
              "file-unreadable",
              String.valueOf(file.getFileName()),
              "cannot be read: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      return new FileReport(file, Optional.empty(), Optional.empty(), List.of(), List.of(finding));
    }
  }

  private FileReport read(Path file, Optional<byte[]> signature) throws IOException {
    Set<HashAlgorithm> wanted = signature.map(verifier::algorithms).orElse(Set.of());
    String name = String.valueOf(file.getFileName());
    if (!SignedFiles.isPackage(name)) {
      try (InputStream in = Files.newInputStream(file)) {
        Digests digests = Digests.of(in, wanted);
        return report(file, signature, digests, Form.BINARY_OR_ARMORED, List.of());
      }
    }
    PackageLook look = PackageFile.look(followed(file), wanted);
    return report(file, signature, look.digests(), Form.BINARY, look.refusals());
  }

  /** In pools, a repository is a folder of links to files of the same names. */
  private static Path followed(Path file) throws IOException {
    Path real = file.toRealPath();
    return Files.isSymbolicLink(file) && file.getFileName().equals(real.getFileName())
        ? real
        : file;
  }

  private FileReport report(
      Path file, Optional<byte[]> signature, Digests digests, Form form, List<Finding> content) {
    String name = String.valueOf(file.getFileName());
    Examination examination =
        signature
            .map(s -> verifier.examine(name, s, digests, form))
            .orElseGet(() -> Examination.refused(missing(name)));
    return new FileReport(
        file, Optional.of(digests.sha256()), examination.good(), examination.findings(), content);
  }

  private static SignatureFinding missing(String name) {
    return SignatureFinding.of(
        SignatureFault.MISSING, name, "there is no " + name + ".sig beside it");
  }

  private static Optional<byte[]> signature(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException(file.getFileName() + " is not a file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(in.readNBytes(Verifier.MAX_SIGNATURE + 1));
    }
  }
}
