package org.qrepo.sign.program;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.SigningException;

/** Runs a backend's program and tells people that it is waited for. */
final class Caller {
  private static final Duration FIRST_NOTICE = Duration.ofSeconds(3);
  private static final Duration NEXT_NOTICE = Duration.ofSeconds(60);

  private final Backend backend;
  private final ProgramSettings settings;

  Caller(Backend backend, ProgramSettings settings) {
    this.backend = backend;
    this.settings = settings;
  }

  /**
   * The program's answer.
   *
   * @param subject what the call is about
   * @throws SigningException if it cannot be started, hangs, says too much, or is interrupted
   */
  ProgramAnswer call(
      String subject,
      List<String> words,
      ProgramCall.Input input,
      Set<HashAlgorithm> digests,
      int most) {
    Map<String, String> environment = new HashMap<>(settings.environment());
    environment.putAll(backend.environment());
    ProgramCall call =
        new ProgramCall(words, environment, input, digests, most, settings.patience());
    try {
      ProgramAnswer answer = ProgramRun.run(call, new Waiting());
      if (answer.inputFailure().isPresent()) {
        IOException failure = answer.inputFailure().get();
        throw new SigningException(subject + " cannot be read again: " + failure, failure);
      }
      return ended(subject, answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SigningException(
          "interrupted while " + backend.holder() + " was asked for " + subject,
          new InterruptedIOException());
    } catch (IOException e) {
      throw new SigningException(cannotStart(call, e));
    }
  }

  private ProgramAnswer ended(String subject, ProgramAnswer answer) {
    return switch (answer.end()) {
      case EXITED -> answer;
      case HUNG -> throw new SigningException(hung(subject, answer));
      case TALKATIVE ->
          throw new SigningException(
              Finding.of(
                  "signing-output-too-long",
                  subject,
                  backend.holder() + " answered more than a signature or certificate has",
                  "What it answered was thrown away."));
    };
  }

  private Finding hung(String subject, ProgramAnswer answer) {
    Backend.Trouble trouble =
        Backend.Trouble.of(
            "signing-program-hung",
            backend.holder()
                + " gave no sign for "
                + seconds(settings.patience())
                + " and was stopped",
            "In its place: " + backend.whereToLook(),
            "If more time is needed: signing.timeout in qrepo.yml.");
    return new Finding(
        trouble.id(),
        subject,
        trouble.reason(),
        java.util.stream.Stream.concat(
                answer.said().stream().map(line -> "it says: " + line), trouble.details().stream())
            .toList());
  }

  private Finding cannotStart(ProgramCall call, IOException e) {
    return Finding.of(
        "signing-program-missing",
        call.program(),
        "the program that signs cannot be started",
        String.valueOf(e.getMessage()));
  }

  private static String seconds(Duration time) {
    long seconds = time.toSeconds();
    return seconds >= 120
        ? time.toMinutes() + " minutes"
        : seconds + (seconds == 1 ? " second" : " seconds");
  }

  /** Tells people, now and then, that it is their turn. */
  private final class Waiting implements ProgramRun.Watcher {
    private Duration next = FIRST_NOTICE;

    @Override
    public void status(String line) {
      if (StatusLines.keyword(line).equals("PINENTRY_LAUNCHED")) {
        settings.notices().say("gpg asks for a passphrase or PIN");
      }
    }

    @Override
    public void waiting(Duration time) {
      if (time.compareTo(next) >= 0) {
        settings.notices().say("waiting for " + backend.holder() + ": " + backend.whereToLook());
        next = time.plus(NEXT_NOTICE);
      }
    }
  }
}
