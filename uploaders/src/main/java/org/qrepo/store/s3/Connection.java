package org.qrepo.store.s3;

import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.store.Authorities;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;

/** The client of a bucket, made when it is needed first. */
final class Connection {
  private static final String REGION_OF_OTHERS = "us-east-1";

  private final S3Address address;
  private final S3Settings settings;
  private final Access access;
  private final TrafficCount traffic = new TrafficCount();
  private final Optional<TrustManager[]> authorities;
  private @Nullable S3Client client;
  private boolean closed;

  /**
   * How servers are met.
   *
   * @param connect how long to wait for a connection
   * @param silence how long a server may say nothing
   */
  record Access(AwsCredentialsProvider credentials, Duration connect, Duration silence) {}

  /**
   * @throws org.qrepo.store.TargetException if the file of authorities cannot be read
   */
  Connection(S3Address address, S3Settings settings, Access access) {
    this.address = address;
    this.settings = settings;
    this.access = access;
    this.authorities = settings.caFile().map(Authorities::read);
  }

  /** How long a request may take that sends or gets so many bytes. */
  Duration bound(long bytes) {
    return access.silence().multipliedBy(2).plusSeconds(bytes / (32 << 10));
  }

  TrafficCount traffic() {
    return traffic;
  }

  void requireOpen() throws StoreException {
    synchronized (this) {
      if (closed) {
        throw new StoreException(Kind.PERMANENT, address + " was closed");
      }
    }
  }

  synchronized S3Client client() throws StoreException {
    requireOpen();
    if (client == null) {
      client = create();
    }
    return client;
  }

  synchronized void close() {
    closed = true;
    if (client != null) {
      client.close();
      client = null;
    }
  }

  private UrlConnectionHttpClient.Builder http() {
    UrlConnectionHttpClient.Builder http =
        UrlConnectionHttpClient.builder()
            .connectionTimeout(access.connect())
            .socketTimeout(access.silence());
    authorities.ifPresent(managers -> http.tlsTrustManagersProvider(() -> managers));
    return http;
  }

  private S3Client create() {
    boolean path = settings.usesPath(address.bucket());
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClientBuilder(http())
            .credentialsProvider(access.credentials())
            .forcePathStyle(path)
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(S3Configuration.builder().chunkedEncodingEnabled(false).build())
            .overrideConfiguration(
                o -> {
                  o.retryStrategy(AwsRetryStrategy.doNotRetry());
                  o.addExecutionInterceptor(traffic);
                  settings.profile().ifPresent(o::defaultProfileName);
                });
    settings.endpoint().ifPresent(builder::endpointOverride);
    settings
        .region()
        .or(() -> settings.isAmazon() ? Optional.empty() : Optional.of(REGION_OF_OTHERS))
        .map(Region::of)
        .ifPresent(builder::region);
    return builder.build();
  }
}
