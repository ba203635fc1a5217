package org.qrepo.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.config.ConfigException;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Failure;
import org.qrepo.io.AtomicFile;
import org.qrepo.publish.ConflictException;
import org.qrepo.publish.LockedException;
import org.qrepo.publish.SigningException;
import org.qrepo.publish.StoreException;
import org.qrepo.store.TargetException;

/** The one place that maps exceptions to exit codes and to text. */
public final class Failures {
  private static final String UNCHANGED = "Nothing was changed.";
  private static final String AGAIN = "This may pass: run it again then.";
  private static final String NOT_TWICE = "What is there already is not sent again.";

  private Failures() {}

  /**
   * What to say of an exception.
   *
   * @param changes whether the command could have changed something
   */
  public static Failure of(Throwable thrown, boolean changes) {
    Throwable cause = unwrapped(thrown);
    List<String> unchanged = changes ? List.of(UNCHANGED) : List.of();
    if (cause instanceof RefusedException refused) {
      return new Failure(ExitCode.REFUSED, refused.findings(), unchanged);
    }
    if (cause instanceof ConfigException config) {
      return new Failure(ExitCode.USAGE, config.findings(), List.of());
    }
    if (cause instanceof UsageException usage) {
      return new Failure(ExitCode.USAGE, List.of(usage.finding()), List.of());
    }
    if (cause instanceof TargetException) {
      return failure(ExitCode.USAGE, "usage", cause, List.of());
    }
    if (cause instanceof LockedException) {
      return failure(ExitCode.LOCKED, "locked", cause, unchanged);
    }
    if (cause instanceof ConflictException) {
      return failure(ExitCode.CONFLICT, "conflict", cause, unchanged);
    }
    if (cause instanceof SigningException signing) {
      return signing
          .finding()
          .map(finding -> new Failure(ExitCode.SIGNING, List.of(finding), unchanged))
          .orElseGet(() -> failure(ExitCode.SIGNING, "signing-failed", cause, unchanged));
    }
    if (cause instanceof StoreException store) {
      return switch (store.kind()) {
        case CONFLICT -> failure(ExitCode.CONFLICT, "store-conflict", cause, List.of());
        case TRANSIENT ->
            failure(
                ExitCode.STORE,
                "store-failed",
                cause,
                changes ? List.of(AGAIN, NOT_TWICE) : List.of(AGAIN));
        default -> failure(ExitCode.STORE, "store-failed", cause, List.of());
      };
    }
    return ofSystem(cause);
  }

  private static Failure ofSystem(Throwable cause) {
    if (cause instanceof InterruptedException || cause instanceof ClosedByInterruptException) {
      return new Failure(
          ExitCode.INTERRUPTED, List.of(Finding.of("interrupted", "", "interrupted")), List.of());
    }
    if (cause instanceof FileSystemException file && file.getFile() != null) {
      return new Failure(
          ExitCode.FAILED,
          List.of(Finding.of("file-failed", subject(file), reason(file))),
          List.of());
    }
    if (cause instanceof IOException) {
      return failure(ExitCode.FAILED, "io-failed", cause, List.of());
    }
    if (cause instanceof OutOfMemoryError) {
      Finding finding =
          Finding.of(
              "out-of-memory",
              "",
              "not enough memory",
              "Give it more: QREPO_JAVA_OPTS=-Xmx1g qrepo …");
      return new Failure(ExitCode.FAILED, List.of(finding), List.of());
    }
    return unexpected(cause);
  }

  private static Failure unexpected(Throwable cause) {
    String reason = "unexpected: " + cause;
    return new Failure(
        ExitCode.FAILED,
        List.of(Finding.of("unexpected", "", firstLine(reason))),
        List.of("This is a fault of qrepo. Run it again with -vv to see where, and report that."));
  }

  private static Failure failure(ExitCode code, String id, Throwable cause, List<String> closing) {
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    List<String> lines = new ArrayList<>(message.lines().toList());
    String reason = lines.isEmpty() ? cause.toString() : lines.remove(0);
    return new Failure(code, List.of(new Finding(id, "", reason, lines)), closing);
  }

  /** The name that the user knows: an unfinished file stands for the one that it was to become. */
  private static String subject(FileSystemException file) {
    Path path = Path.of(file.getFile());
    if (!AtomicFile.isTemporary(String.valueOf(path.getFileName()))) {
      return file.getFile();
    }
    String other = file.getOtherFile();
    return other == null ? String.valueOf(path.getParent()) : other;
  }

  private static String reason(FileSystemException file) {
    if (file instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (file instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (file instanceof FileAlreadyExistsException) {
      return "exists already";
    }
    String reason = file.getReason();
    return reason == null ? file.getClass().getSimpleName() : firstLine(reason);
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  private static Throwable unwrapped(Throwable thrown) {
    Throwable cause = thrown.getCause();
    boolean wrapper =
        thrown instanceof UncheckedIOException
            || thrown instanceof ExecutionException
            || thrown instanceof CompletionException;
    return wrapper && cause != null ? unwrapped(cause) : thrown;
  }
}
