package org.qrepo.store.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * Why no answer came from a web server.
 *
 * @param lasting whether it will be so the next time, too
 * @param words for people, without the URL
 */
public record NetworkFailure(boolean lasting, String words) {

  /** What an exception of the HTTP client stands for. */
  public static NetworkFailure of(IOException e, HttpSettings settings) {
    if (e instanceof HttpConnectTimeoutException) {
      return passing("no connection within " + settings.connectTimeout().toMillis() + " ms");
    }
    if (e instanceof HttpTimeoutException) {
      return passing("no answer within " + settings.idleTimeout().toMillis() + " ms");
    }
    if (has(e, UnresolvedAddressException.class) || has(e, UnknownHostException.class)) {
      return new NetworkFailure(true, "the host name is not known");
    }
    if (e instanceof ConnectException) {
      return passing("no connection: refused or not reachable");
    }
    return has(e, SSLException.class)
        ? new NetworkFailure(true, "the TLS connection failed: " + certificate(e).orElse(said(e)))
        : passing(said(e));
  }

  private static NetworkFailure passing(String words) {
    return new NetworkFailure(false, words);
  }

  private static String said(IOException e) {
    return String.valueOf(e.getMessage());
  }

  private static Optional<String> certificate(IOException e) {
    if (has(e, CertificateExpiredException.class)) {
      return Optional.of("the server's certificate has expired; it must be renewed there");
    }
    if (has(e, CertificateNotYetValidException.class)) {
      return Optional.of("the server's certificate is not valid yet; is the clock here right?");
    }
    if (has(e, CertPathBuilderException.class) || has(e, CertPathValidatorException.class)) {
      return Optional.of(
          "nobody whom this machine trusts has signed the server's certificate; if the server has a"
              + " CA of its own, name its file");
    }
    String all = messages(e);
    if (all.contains("No subject alternative") || all.contains("No name matching")) {
      return Optional.of("the server's certificate is for another host name");
    }
    if (all.contains("certificate_required") || all.contains("bad_certificate")) {
      return Optional.of("the server wants a certificate of yours, which it did not get or trust");
    }
    return Optional.empty();
  }

  private static String messages(Throwable failure) {
    StringBuilder all = new StringBuilder();
    for (Throwable t = failure; t != null; t = t.getCause()) {
      all.append(t.getMessage()).append('\n');
    }
    return all.toString();
  }

  private static boolean has(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return true;
      }
    }
    return false;
  }
}
