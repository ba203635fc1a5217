package org.qrepo.publish;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Set;
import org.qrepo.io.Digests;

/** Remembers the highest generations in a directory: a small file each, {@code SEQ GENERATION}. */
public final class SeenDirectory implements SeenGenerations {
  private final Path directory;

  public SeenDirectory(Path directory) {
    this.directory = directory;
  }

  @Override
  public Optional<Seen> highest(RepositoryName repository, String location) throws IOException {
    Path file = file(repository, location);
    try {
      String[] words = Files.readString(file).strip().split(" ", 2);
      return Optional.of(new Seen(Long.parseLong(words[0]), new GenerationId(words[1])));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw new IOException(
          file
              + " is damaged: it should hold a sequence number and a generation. "
              + "Remove it if you are sure that the published repository is the newest.",
          e);
    }
  }

  @Override
  public synchronized void record(RepositoryName repository, String location, Seen seen)
      throws IOException {
    Optional<Seen> highest = highest(repository, location);
    if (highest.isPresent() && highest.get().sequence() >= seen.sequence()) {
      return;
    }
    Files.createDirectories(directory);
    Path temporary = Files.createTempFile(directory, "seen-", ".tmp");
    Files.writeString(temporary, seen.sequence() + " " + seen.generation() + "\n");
    Files.move(temporary, file(repository, location), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public synchronized void forget(RepositoryName repository, String location) throws IOException {
    Files.deleteIfExists(file(repository, location));
  }

  private Path file(RepositoryName repository, String location) {
    byte[] target = (repository + "\n" + location).getBytes(StandardCharsets.UTF_8);
    String digest = Digests.of(target, Set.of()).sha256().hex().substring(0, 16);
    return directory.resolve(repository + "-" + digest);
  }
}
