package org.qrepo.sign.git;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.qrepo.sign.Programs;

/** The real git, with a repository of its own, and a gpg that only notes what it was given. */
final class GitJudge {
  private final Path folder;
  private final Path capture;

  GitJudge(Path folder, ObjectFormat format) {
    Programs.need("git");
    this.folder = folder;
    try {
      capture = folder.resolve("capture");
      Files.writeString(
          capture,
          """
          #!/bin/sh
          for word in "$@"; do before=$last; last=$word; done
          cp "$before" '%1$s/signature'
          cat > '%1$s/payload'
          """
              .formatted(folder));
      Files.setPosixFilePermissions(capture, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    git(new byte[0], "init", "--quiet", "--object-format=" + format.word()).ok();
  }

  Programs.Result git(byte[] input, String... words) {
    List<String> command = new ArrayList<>(List.of("git", "-C", folder.toString()));
    command.addAll(List.of("-c", "gpg.program=" + capture, "-c", "user.name=A"));
    command.addAll(List.of("-c", "user.email=a@example.org"));
    command.addAll(List.of(words));
    return Programs.run(
        Map.of("GIT_CONFIG_GLOBAL", "/dev/null", "GIT_CONFIG_NOSYSTEM", "1"), input, command);
  }

  String text(String... words) {
    return new String(git(new byte[0], words).ok().out(), StandardCharsets.UTF_8).strip();
  }

  /** Stores an object, whatever is in it, and returns its id. */
  ObjectId store(ObjectType type, byte[] content) {
    Programs.Result result =
        git(content, "hash-object", "-t", type.word(), "-w", "--stdin", "--literally");
    return new ObjectId(new String(result.ok().out(), StandardCharsets.UTF_8).strip());
  }

  /** What git hands to gpg to verify: the signed bytes, and the signature; null if nothing. */
  byte[][] handed(ObjectType type, ObjectId id) {
    try {
      Path payload = folder.resolve("payload");
      Path signature = folder.resolve("signature");
      Files.deleteIfExists(payload);
      git(new byte[0], "verify-" + type.word(), id.hex());
      return Files.exists(payload)
          ? new byte[][] {Files.readAllBytes(payload), Files.readAllBytes(signature)}
          : new byte[0][];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
