package org.qrepo.store.dav;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.Stores;
import org.qrepo.store.http.Authorization;
import org.qrepo.store.http.HttpSettings;
import org.qrepo.store.http.NetworkFailure;

/** Says in a store's words what a web server answered, or that it did not. */
final class DavFailures {
  private DavFailures() {}

  /**
   * @param attempt what was tried, as in {@code write qubes.db}
   * @param settings how the server is reached
   */
  static StoreException of(
      String attempt, DavAddress address, IOException e, HttpSettings settings) {
    if (e instanceof StoreException classified) {
      return classified;
    }
    String what = "cannot " + attempt + " (" + address + "): ";
    if (e instanceof InterruptedIOException) {
      return new StoreException(Kind.PERMANENT, what + "interrupted", e);
    }
    NetworkFailure failure = NetworkFailure.of(e, settings);
    return failure.lasting()
        ? new StoreException(Kind.PERMANENT, what + failure.words(), e)
        : new StoreException(Kind.TRANSIENT, what + failure.words() + "; run it again", e);
  }

  /**
   * @param attempt what was tried, as in {@code write qubes.db}
   * @param answer that is no success
   * @param authorization that was sent
   */
  static StoreException of(
      String attempt, DavAddress address, Answer answer, Optional<Authorization> authorization) {
    String what = "cannot " + attempt + " (" + address + "): the server answers " + answer.status();
    if (answer.isRedirect()) {
      return new StoreException(Kind.PERMANENT, what + ": " + elsewhere(answer));
    }
    Optional<Duration> wait = waitTime(answer);
    StoreException failure =
        new StoreException(kind(answer.status()), what + ": " + meaning(answer, authorization));
    return failure.kind() == Kind.TRANSIENT && wait.isPresent()
        ? new StoreException(
            Kind.TRANSIENT, what + ": " + meaning(answer, authorization), wait.get())
        : failure;
  }

  static StoreException absent(StoreKey key) {
    return new StoreException(Kind.ABSENT, "there is no " + key);
  }

  static StoreException isAFolder(StoreKey key) {
    return new StoreException(Kind.CONFLICT, key + " is a folder; move it away");
  }

  static StoreException isAnObject(StoreKey key) {
    return new StoreException(Kind.CONFLICT, key + " is no folder but a file; move it away");
  }

  static StoreException otherBytes(StoreKey key) {
    return new StoreException(
        Kind.CONFLICT, key + " exists with other bytes; what is published once never changes");
  }

  static StoreException changed(StoreKey key) {
    return new StoreException(
        Kind.CONFLICT, key + " is not in the state that was seen; another publisher changed it");
  }

  static StoreException damaged(StoreKey key, String how) {
    return new StoreException(
        Kind.TRANSIENT, "the server " + how + " of what was sent as " + key + "; run it again");
  }

  static StoreException noLinks() {
    return new StoreException(Kind.PERMANENT, "a web server makes no links; use layout: plain");
  }

  static StoreException noTree(DavAddress address, Answer answer, String method) {
    return new StoreException(
        Kind.PERMANENT,
        String.format(
            "%s does not speak WebDAV, or does not allow it: it answers %d to %s%n"
                + "The server must allow PUT, DELETE, MKCOL, MOVE and PROPFIND there (nginx needs its"
                + " dav-ext module). If it takes PUT alone, and there is only one publisher, ever,"
                + " say so: dav: false in the target of qrepo.yml.",
            address, answer.status(), method));
  }

  static StoreException noLists(DavAddress address) {
    return new StoreException(
        Kind.PERMANENT,
        address
            + ": a server without WebDAV does not tell what lies in a folder; what needs that cannot"
            + " be done there");
  }

  private static Kind kind(int status) {
    return switch (status) {
      case 401, 403, 407 -> Kind.DENIED;
      case 412 -> Kind.CONFLICT;
      case 408, 423, 425, 429, 500, 502, 503, 504 -> Kind.TRANSIENT;
      default -> Kind.PERMANENT;
    };
  }

  private static String meaning(Answer answer, Optional<Authorization> authorization) {
    return switch (answer.status()) {
      case 401 ->
          authorization
              .map(a -> "it does not accept the user and password, or token, of " + a.source())
              .orElse("it asks who you are, and no credentials for it are configured");
      case 403 -> "the publisher may not do that there; check what the server allows this user";
      case 404, 410 -> "it knows no such place; is this the address to write to?";
      case 405, 501 -> "it does not take such requests there; is this the address to write to?";
      case 407 -> "the proxy asks for a password, which is not supported";
      case 409 -> "something is in the way, or the folder above is not there";
      case 412 -> "what is there is not in the state that was seen; another publisher changed it";
      case 413 -> "the file is too big for it; raise its limit (nginx: client_max_body_size)";
      case 423 -> "another program has locked it; run it again when that is done";
      case 429, 503 -> "it is busy; run it again later";
      case 507 -> "no space is left there, or a quota is used up; make room and run it again";
      default ->
          answer.status() >= 500
              ? "it failed; its error log says why"
              : "its error log may say why";
    };
  }

  private static String elsewhere(Answer answer) {
    String to = answer.header("Location").map(Stores::redact).orElse("nowhere");
    return "it leads to "
        + to
        + "; a target is the address where files are written, and is not led away from";
  }

  /** Seconds, or a time by the server's clock. */
  private static Optional<Duration> waitTime(Answer answer) {
    Optional<String> said = answer.header("Retry-After").map(String::strip);
    if (said.filter(t -> t.matches("\\d{1,9}")).isPresent()) {
      return said.map(t -> Duration.ofSeconds(Long.parseLong(t)));
    }
    Instant now = answer.time("Date").orElseGet(Instant::now);
    return said.flatMap(Answer::instant)
        .map(then -> Duration.between(now, then))
        .map(d -> d.isNegative() ? Duration.ZERO : d);
  }
}
