package org.qrepo.cli.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.qrepo.alpm.PackageFile;
import org.qrepo.io.Digests;
import org.qrepo.publish.Signable;
import org.qrepo.publish.Verifier;
import org.qrepo.publish.Verifier.Verdict;

/**
 * A package that was read, and the signature that lies beside it.
 *
 * @param signature the bytes of the {@code .sig} file, if there is one
 * @param verdict what the verifier says of them
 */
record SignedPackage(PackageFile file, Optional<byte[]> signature, Optional<Verdict> verdict)
    implements Signable {

  /** Reads the signature first: it decides which digests the one pass over the package computes. */
  static SignedPackage read(Path path, Verifier verifier) throws IOException {
    Optional<byte[]> signature = signature(signatureFile(path));
    PackageFile file =
        PackageFile.read(path, signature.map(verifier::algorithms).orElse(java.util.Set.of()));
    Optional<Verdict> verdict =
        signature.map(
            s ->
                verifier.verify(
                    signatureFile(path).getFileName().toString(),
                    s,
                    file.digests(),
                    Verifier.Form.BINARY));
    return new SignedPackage(file, signature, verdict);
  }

  static Path signatureFile(Path path) {
    return path.resolveSibling(path.getFileName() + ".sig");
  }

  private static Optional<byte[]> signature(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(in.readNBytes(Verifier.MAX_SIGNATURE + 1));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  Optional<Verdict.Good> good() {
    return verdict.filter(Verdict.Good.class::isInstance).map(Verdict.Good.class::cast);
  }

  Optional<Verdict.Bad> bad() {
    return verdict.filter(Verdict.Bad.class::isInstance).map(Verdict.Bad.class::cast);
  }

  /** As messages name it. */
  @Override
  public String name() {
    return file.fileName().value();
  }

  @Override
  public Digests digests() {
    return file.digests();
  }

  @Override
  public InputStream open() throws IOException {
    return file.blob().open();
  }

  /** Those without a good signature. */
  static List<SignedPackage> unsigned(List<SignedPackage> all) {
    return all.stream().filter(p -> p.good().isEmpty()).toList();
  }
}
