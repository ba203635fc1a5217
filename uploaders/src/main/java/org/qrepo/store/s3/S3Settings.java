package org.qrepo.store.s3;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.qrepo.store.TargetException;

/**
 * How a bucket is reached.
 *
 * @param endpoint the server; empty: Amazon's of the region
 * @param region empty: what the AWS environment says, or {@code us-east-1} with an endpoint
 * @param pathStyle whether the bucket goes into the path of URLs, not into the host name; empty:
 *     with endpoints that are not Amazon's
 * @param profile of the AWS configuration files; empty: what the AWS environment says
 * @param conditional whether writes are conditional; only one publisher may write if they are not
 * @param checksums whether SHA-256 checksum headers are sent and asked for; empty: with Amazon only
 * @param redirects whether databases lead those who ask the bucket's website to their generation
 * @param caFile certificates of the only authorities that may tell who the server is; empty: those
 *     of this Java
 */
public record S3Settings(
    Optional<URI> endpoint,
    Optional<String> region,
    Optional<Boolean> pathStyle,
    Optional<String> profile,
    boolean conditional,
    Optional<Boolean> checksums,
    boolean redirects,
    Optional<Path> caFile) {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  /**
   * @throws TargetException if the endpoint is not one
   */
  public S3Settings {
    endpoint.ifPresent(S3Settings::requireEndpoint);
  }

  /** Without redirects, and with the authorities of this Java. */
  public S3Settings(
      Optional<URI> endpoint,
      Optional<String> region,
      Optional<Boolean> pathStyle,
      Optional<String> profile,
      boolean conditional,
      Optional<Boolean> checksums) {
    this(endpoint, region, pathStyle, profile, conditional, checksums, false, Optional.empty());
  }

  public S3Settings withCaFile(Path file) {
    return new S3Settings(
        endpoint, region, pathStyle, profile, conditional, checksums, redirects, Optional.of(file));
  }

  /** With databases that lead to their generation. */
  public S3Settings withRedirects() {
    return new S3Settings(
        endpoint, region, pathStyle, profile, conditional, checksums, true, caFile);
  }

  /** Amazon's servers, as the AWS environment says. */
  public static S3Settings standard() {
    return new S3Settings(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        true,
        Optional.empty());
  }

  /** Whether the server is Amazon's. */
  boolean isAmazon() {
    return endpoint
        .map(e -> e.getHost().toLowerCase(Locale.ROOT))
        .map(host -> host.endsWith(".amazonaws.com") || host.endsWith(".amazonaws.com.cn"))
        .orElse(true);
  }

  /** A dot in a bucket's name makes a host name that no certificate of the server fits. */
  boolean usesPath(String bucket) {
    return pathStyle.orElse(!isAmazon() || bucket.contains("."));
  }

  boolean usesChecksums() {
    return checksums.orElse(isAmazon());
  }

  /**
   * Makes sure that a URL is one of a server.
   *
   * @throws TargetException if it is not
   */
  public static URI requireEndpoint(URI endpoint) {
    String scheme = String.valueOf(endpoint.getScheme()).toLowerCase(Locale.ROOT);
    String host = endpoint.getHost();
    if (host == null || !Set.of("http", "https").contains(scheme)) {
      throw new TargetException("an endpoint is written https://HOST, or https://HOST:PORT");
    }
    if (endpoint.getRawUserInfo() != null || endpoint.getRawQuery() != null) {
      throw new TargetException("the endpoint at " + host + " must have no user and no query");
    }
    if (scheme.equals("http") && !LOOPBACK.contains(host.toLowerCase(Locale.ROOT))) {
      throw new TargetException(
          "http://" + host + " is not encrypted: an endpoint that is not on this machine is https");
    }
    return endpoint;
  }
}
