package org.qrepo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.config.ConfigException;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Failure;
import org.qrepo.publish.ConflictException;
import org.qrepo.publish.LockedException;
import org.qrepo.publish.SigningException;
import org.qrepo.publish.StoreException;

class FailuresTest {
  private static final Finding FINDING = Finding.of("some-id", "subject", "reason", "detail");
  private static final boolean UNCHANGED = true;

  static Stream<Arguments> exceptions() {
    return Stream.of(
        Arguments.of(new RefusedException(FINDING), ExitCode.REFUSED, "some-id", UNCHANGED),
        Arguments.of(new SigningException(FINDING), ExitCode.SIGNING, "some-id", UNCHANGED),
        Arguments.of(new SigningException("no key"), ExitCode.SIGNING, "signing-failed", UNCHANGED),
        Arguments.of(new LockedException("held"), ExitCode.LOCKED, "locked", UNCHANGED),
        Arguments.of(new ConflictException("lost"), ExitCode.CONFLICT, "conflict", UNCHANGED),
        Arguments.of(store(StoreException.Kind.TRANSIENT), ExitCode.STORE, "store-failed", false),
        Arguments.of(store(StoreException.Kind.DENIED), ExitCode.STORE, "store-failed", false),
        Arguments.of(
            store(StoreException.Kind.CONFLICT), ExitCode.CONFLICT, "store-conflict", false),
        Arguments.of(new ConfigException(List.of(FINDING)), ExitCode.USAGE, "some-id", false),
        Arguments.of(new UsageException("wrong"), ExitCode.USAGE, "usage", false),
        Arguments.of(new InterruptedException(), ExitCode.INTERRUPTED, "interrupted", false),
        Arguments.of(new ClosedByInterruptException(), ExitCode.INTERRUPTED, "interrupted", false),
        Arguments.of(new NoSuchFileException("f"), ExitCode.FAILED, "file-failed", false),
        Arguments.of(new IOException("disk"), ExitCode.FAILED, "io-failed", false),
        Arguments.of(new OutOfMemoryError(), ExitCode.FAILED, "out-of-memory", false),
        Arguments.of(new IllegalStateException("x"), ExitCode.FAILED, "unexpected", false),
        Arguments.of(new StackOverflowError(), ExitCode.FAILED, "unexpected", false));
  }

  private static StoreException store(StoreException.Kind kind) {
    return new StoreException(kind, "cannot write\nthe server said no");
  }

  @ParameterizedTest
  @CsvSource({
    "/srv/file, , /srv/file",
    "/srv/file, /srv/other, /srv/file",
    "/srv/.qrepo-tmp-01, /srv/file, /srv/file",
    "/srv/.qrepo-tmp-01, , /srv",
  })
  void aFileIsNamedAsTheUserKnowsIt(String file, @Nullable String other, String named) {
    Failure failure = Failures.of(new FileSystemException(file, other, "no space"), true);
    assertThat(failure.findings()).containsExactly(Finding.of("file-failed", named, "no space"));
  }

  @ParameterizedTest
  @MethodSource("exceptions")
  void eachHasItsCode(Throwable thrown, ExitCode code, String id, boolean unchanged) {
    Failure failure = Failures.of(thrown, true);
    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure.findings()).first().extracting(Finding::id).isEqualTo(id);
    assertThat(failure.closing().contains("Nothing was changed.")).isEqualTo(unchanged);
    assertThat(Failures.of(thrown, false).closing()).doesNotContain("Nothing was changed.");
  }

  @Test
  void looksIntoWrappers() {
    Throwable inner = new RefusedException(FINDING);
    Throwable wrapped = new ExecutionException(new java.util.concurrent.CompletionException(inner));
    assertThat(Failures.of(wrapped, true).code()).isEqualTo(ExitCode.REFUSED);
    assertThat(
            Failures.of(new UncheckedIOException(new AccessDeniedException("f")), true).findings())
        .containsExactly(Finding.of("file-failed", "f", "permission denied"));
  }

  @Test
  void theFirstLineOfAMessageIsTheReason() {
    assertThat(Failures.of(store(StoreException.Kind.PERMANENT), true).findings())
        .containsExactly(Finding.of("store-failed", "", "cannot write", "the server said no"));
  }

  @Test
  void theUnexpectedIsOneLineWithoutTrace() {
    Failure failure = Failures.of(new IllegalStateException("first\nsecond"), true);
    assertThat(failure.findings().get(0).reason())
        .isEqualTo("unexpected: java.lang.IllegalStateException: first");
    assertThat(failure.closing()).singleElement().asString().contains("-vv");
  }
}
