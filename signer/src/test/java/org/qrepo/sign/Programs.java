package org.qrepo.sign;

import static org.assertj.core.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Runs the real programs that judge what qrepo makes. */
public final class Programs {
  private static final String REQUIRE = "QREPO_REQUIRE_TOOLS";

  private Programs() {}

  /** What a program did. */
  public static final class Result {
    private final int exit;
    private final byte[] out;
    private final String err;

    Result(int exit, byte[] out, String err) {
      this.exit = exit;
      this.out = out;
      this.err = err;
    }

    public int exit() {
      return exit;
    }

    /** Its standard output. */
    public byte[] out() {
      return out.clone();
    }

    /** Both streams, for messages and for searching. */
    public String text() {
      return new String(out, StandardCharsets.UTF_8) + err;
    }

    /** Fails the test unless the program succeeded. */
    public Result ok() {
      if (exit != 0) {
        fail("exit %d: %s", exit, text());
      }
      return this;
    }
  }

  /** Skips the test if a program is missing, or fails it where all are required. */
  public static void need(String... programs) {
    for (String program : programs) {
      if (!present(program)) {
        boolean required =
            "1".equals(System.getenv(REQUIRE)) || "1".equals(System.getProperty(REQUIRE));
        if (required) {
          fail("%s is required and missing", program);
        }
        Assumptions.abort(program + " is not installed");
      }
    }
  }

  private static boolean present(String program) {
    return candidates(program).findFirst().isPresent();
  }

  /** Where a program that is {@link #need needed} lies. */
  static Path find(String program) {
    return candidates(program).findFirst().orElseThrow();
  }

  private static Stream<Path> candidates(String program) {
    String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .map(dir -> Path.of(dir, program))
        .filter(Files::isExecutable);
  }

  /** Runs a program to its end, in a locale that has UTF-8 and English messages. */
  public static Result run(Map<String, String> environment, byte[] input, List<String> command) {
    try {
      Path out = Files.createTempFile("qrepo-out", "");
      Path err = Files.createTempFile("qrepo-err", "");
      Path in = Files.createTempFile("qrepo-in", "");
      Files.write(in, input);
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().put("LC_ALL", "C.UTF-8");
      builder.environment().putAll(environment);
      int exit = builder.start().waitFor();
      Result result =
          new Result(exit, Files.readAllBytes(out), Files.readString(err, StandardCharsets.UTF_8));
      Files.delete(out);
      Files.delete(err);
      Files.delete(in);
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public static Result run(String... command) {
    return run(Map.of(), new byte[0], List.of(command));
  }
}
