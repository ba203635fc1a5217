package org.qrepo.rpm;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.AtomicFile;

/** How a package gets another signature header. */
public enum RpmRewrite {
  /**
   * Into a copy that then takes the package's name: whatever happens, the name stands for the old
   * file or the new one.
   */
  COPY {
    @Override
    void carryOut(RpmFile file, SignatureBlock block) throws IOException {
      copy(file, block);
    }
  },

  /**
   * Into the file itself, for those who lack the space for a copy; see {@link InPlaceRewrite}.
   * Works only where the reserved space suffices.
   */
  IN_PLACE {
    @Override
    void carryOut(RpmFile file, SignatureBlock block) throws IOException {
      if (!block.fits(file)) {
        throw new RefusedException(
            Finding.of(
                "rpm-no-space",
                file.fileName(),
                "the package has no space reserved for this signature",
                "It can be signed into a copy only: leave --in-place out."));
      }
      new InPlaceRewrite(file.path(), step -> {}).carryOut(file, block);
    }
  };

  /**
   * Exchanges the signature header of a package that was read before. Nothing else of it changes,
   * and where the block fits its size does not either.
   *
   * @throws RefusedException if the file changed since it was read, another process is at it, or
   *     there is no space
   */
  public void apply(RpmFile file, SignatureBlock block) throws IOException {
    if (!file.unchanged()) {
      throw changed(file);
    }
    carryOut(file, block);
  }

  abstract void carryOut(RpmFile file, SignatureBlock block) throws IOException;

  static RefusedException changed(RpmFile file) {
    return new RefusedException(
        Finding.of(
            "changed-while-signing",
            file.fileName(),
            "the file changed since it was read",
            "Sign it when the build is done with it."));
  }

  /** Removes the copies, as large as packages, that dead processes left beside this one. */
  @SuppressWarnings("EmptyCatch") // a leftover harms nobody
  private static void sweep(Path target) throws IOException {
    Instant now = Instant.now();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(
            target.resolveSibling(""), f -> AtomicFile.isTemporary(f.getFileName().toString()))) {
      for (Path file : files) {
        try {
          if (AtomicFile.isAbandoned(file, now)) {
            Files.deleteIfExists(file);
          }
        } catch (IOException ignored) {
        }
      }
    }
  }

  private static void copy(RpmFile file, SignatureBlock block) throws IOException {
    Path target = file.path().toRealPath();
    sweep(target);
    try (FileChannel source = FileChannel.open(target, StandardOpenOption.READ);
        AtomicFile copy = AtomicFile.beside(target, Files.getPosixFilePermissions(target))) {
      if (block.fits(file)) {
        copy.append(source, 0, file.size());
        copy.overwrite(RpmLead.LENGTH, block.bytes());
      } else {
        copy.append(source, 0, RpmLead.LENGTH);
        byte[] bytes = block.bytes();
        copy.write(bytes, 0, bytes.length);
        copy.append(source, file.contentOffset(), file.size() - file.contentOffset());
      }
      if (!file.unchanged()) {
        throw changed(file);
      }
      copy.replace();
    }
  }
}
