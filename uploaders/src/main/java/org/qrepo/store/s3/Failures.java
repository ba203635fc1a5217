package org.qrepo.store.s3;

import java.io.IOException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Says in a store's words what the server, or the way to it, said. */
final class Failures {
  private static final int LONGEST_TEXT = 300;

  private static final Set<String> PASSING =
      Set.of(
          "BadDigest",
          "ConditionalRequestConflict",
          "IncompleteBody",
          "InternalError",
          "OperationAborted",
          "RequestTimeout",
          "ServiceUnavailable",
          "SlowDown",
          "XAmzContentChecksumMismatch",
          "XAmzContentSHA256Mismatch");

  private static final Set<String> CREDENTIALS =
      Set.of(
          "ExpiredToken",
          "InvalidAccessKeyId",
          "InvalidToken",
          "SignatureDoesNotMatch",
          "TokenRefreshRequired");

  private static final Set<String> FULL =
      Set.of("EntityTooLarge", "InsufficientStorage", "QuotaExceeded", "XMinioStorageFull");

  private static final Map<String, String> PERMISSIONS =
      Map.of(
          "write", "s3:PutObject (and s3:GetObject, to look whether it is there)",
          "read", "s3:GetObject",
          "look", "s3:GetObject, and s3:ListBucket to be told that something is not there",
          "list", "s3:ListBucket",
          "delete", "s3:DeleteObject",
          "abort", "s3:AbortMultipartUpload");

  private final S3Address address;
  private final String server;

  /**
   * @param server as people know it
   */
  Failures(S3Address address, String server) {
    this.address = address;
    this.server = server;
  }

  /**
   * @param what was tried: a verb, and what it was tried on
   */
  StoreException of(String what, SdkException e) {
    if (e instanceof S3Exception answer) {
      return answered(what, answer);
    }
    String text = "cannot " + what + " (" + address + "): ";
    if (e instanceof AbortedException || Thread.currentThread().isInterrupted()) {
      return new StoreException(Kind.PERMANENT, text + "interrupted", e);
    }
    if (e instanceof ApiCallTimeoutException || e instanceof ApiCallAttemptTimeoutException) {
      return new StoreException(Kind.TRANSIENT, text + server + " did not answer in time", e);
    }
    Optional<IOException> way = cause(e);
    return way.isPresent()
        ? new StoreException(kind(way.get()), text + reason(way.get()), e)
        : unsent(text, e);
  }

  /** Whether the request may have had its effect although it failed. */
  static boolean isUnclear(SdkException e) {
    return !(e instanceof S3Exception answer)
        || answer.statusCode() >= 500
        || answer.statusCode() == 412
        || answer.statusCode() == 409
        || answer.statusCode() == 404;
  }

  /** How long the server asks to wait; zero if it does not say. */
  static Duration retryAfter(SdkException e) {
    if (!(e instanceof S3Exception answer)) {
      return Duration.ZERO;
    }
    return header(answer, "Retry-After")
        .filter(text -> text.matches("[0-9]{1,4}"))
        .map(text -> Duration.ofSeconds(Long.parseLong(text)))
        .orElse(Duration.ZERO);
  }

  static boolean isAbsent(S3Exception e) {
    return e.statusCode() == 404 && !code(e).equals("NoSuchBucket");
  }

  /** What the server calls it; empty if it does not say. */
  static String code(S3Exception e) {
    AwsErrorDetails details = e.awsErrorDetails();
    return details == null || details.errorCode() == null ? "" : details.errorCode();
  }

  private StoreException answered(String what, S3Exception e) {
    String text = "cannot " + what + " (" + address + "): ";
    return new StoreException(kind(e), text + reason(what, e), e);
  }

  private static Kind kind(S3Exception e) {
    int status = e.statusCode();
    if (PASSING.contains(code(e))) {
      return Kind.TRANSIENT;
    }
    if (CREDENTIALS.contains(code(e)) || status == 401 || status == 403) {
      return code(e).equals("RequestTimeTooSkewed") ? Kind.PERMANENT : Kind.DENIED;
    }
    if (status == 409 || status == 412) {
      return Kind.CONFLICT;
    }
    if (FULL.contains(code(e)) || status == 501 || status == 507) {
      return Kind.PERMANENT;
    }
    if (isAbsent(e)) {
      return Kind.ABSENT;
    }
    return status >= 500 || status == 429 || status == 408 ? Kind.TRANSIENT : Kind.PERMANENT;
  }

  private String reason(String what, S3Exception e) {
    Optional<String> region = header(e, "x-amz-bucket-region");
    int status = e.statusCode();
    if ((status == 301 || status == 307 || status == 400) && region.isPresent()) {
      return "the bucket is in the region " + region.get() + "\nSet the target's region to it.";
    }
    if (CREDENTIALS.contains(code(e))) {
      return said(e) + "\nThe server does not accept these credentials: look at the profile.";
    }
    if (code(e).equals("RequestTimeTooSkewed")) {
      return said(e) + "\nSet the clock of this machine right.";
    }
    if (status == 401 || status == 403) {
      String doubt =
          code(e).equals("AccessDenied") ? "" : "be wrong (or this machine's clock), or ";
      return said(e) + "\nThe credentials may " + doubt + "lack " + permission(what) + ".";
    }
    if (code(e).equals("NoSuchBucket")) {
      return "there is no bucket " + address.bucket() + " at " + server + "\nMake it first.";
    }
    if (FULL.contains(code(e)) || status == 507) {
      return said(e) + "\nThere is no room for it: make some, or raise the quota.";
    }
    if (status == 412) {
      return "it is not in the state that was expected";
    }
    return said(e);
  }

  private static String permission(String what) {
    return PERMISSIONS.getOrDefault(what.split(" ", 2)[0], "a permission");
  }

  private String said(S3Exception e) {
    AwsErrorDetails details = e.awsErrorDetails();
    String message =
        details == null || details.errorMessage() == null ? "" : ", " + details.errorMessage();
    String code = code(e).isEmpty() ? "" : " " + code(e);
    return server + " answered " + e.statusCode() + code + brief(message);
  }

  private StoreException unsent(String text, SdkException e) {
    String message = brief(String.valueOf(e.getMessage()));
    if (message.contains("credentials")) {
      return new StoreException(
          Kind.DENIED,
          text
              + "there are no credentials\nSet AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the"
              + " target's profile.\n"
              + message,
          e);
    }
    if (message.contains("region")) {
      return new StoreException(
          Kind.PERMANENT, text + "no region is known\nSet the target's region.", e);
    }
    return new StoreException(Kind.PERMANENT, text + message, e);
  }

  private static Kind kind(IOException e) {
    return e instanceof UnknownHostException || e instanceof SSLException
        ? Kind.PERMANENT
        : Kind.TRANSIENT;
  }

  private String reason(IOException e) {
    if (e instanceof UnknownHostException) {
      return "there is no host " + e.getMessage();
    }
    if (e instanceof SSLException) {
      return untrusted(e);
    }
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return server + ": " + brief(message);
  }

  /** Nothing was sent but what every stranger may know. */
  private String untrusted(IOException e) {
    String text = server + ": ";
    if (has(e, CertificateExpiredException.class)) {
      return text
          + "its certificate has expired\nIf the clock of this machine is right, it must be renewed"
          + " there.";
    }
    if (has(e, CertificateNotYetValidException.class)) {
      return text + "its certificate is not valid yet\nLook at the clock of this machine.";
    }
    if (has(e, CertPathBuilderException.class) || has(e, CertPathValidatorException.class)) {
      return text
          + "its certificate is of no authority that is trusted here\nIf it is a private one, give"
          + " the target its certificate: ca-file.\n"
          + brief(String.valueOf(e.getMessage()));
    }
    if (has(e, CertificateException.class)) {
      return text
          + "its certificate is of another host\nThe endpoint must be named as the certificate"
          + " names it.\n"
          + brief(String.valueOf(e.getMessage()));
    }
    return text + "the TLS connection failed: " + brief(String.valueOf(e.getMessage()));
  }

  private static boolean has(Throwable e, Class<? extends Throwable> kind) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (kind.isInstance(t)) {
        return true;
      }
    }
    return false;
  }

  /** The innermost failure of the way, or of TLS. */
  private static Optional<IOException> cause(Throwable e) {
    Optional<IOException> found = Optional.empty();
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof SSLException tls) {
        return Optional.of(tls);
      }
      if (t instanceof IOException way) {
        found = Optional.of(way);
      }
    }
    return found;
  }

  private static Optional<String> header(S3Exception e, String name) {
    AwsErrorDetails details = e.awsErrorDetails();
    return details == null || details.sdkHttpResponse() == null
        ? Optional.empty()
        : details.sdkHttpResponse().firstMatchingHeader(name);
  }

  private static String brief(String text) {
    String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    String cut = line.length() > LONGEST_TEXT ? line.substring(0, LONGEST_TEXT) + "…" : line;
    return text.startsWith(", ") ? cut.replaceFirst("^,", ",") : cut;
  }
}
