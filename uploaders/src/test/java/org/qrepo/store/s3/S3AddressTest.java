package org.qrepo.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.Stores;
import org.qrepo.store.TargetException;

class S3AddressTest {
  @ParameterizedTest
  @CsvSource({
    "s3://my-bucket/a/b,my-bucket,a/b/q.db,s3://my-bucket/a/b",
    "s3://my-bucket/a/b/,my-bucket,a/b/q.db,s3://my-bucket/a/b",
    "s3://my-bucket,my-bucket,q.db,s3://my-bucket",
    "S3://my.bucket/,my.bucket,q.db,s3://my.bucket",
    "s3://abc/a+b:c,abc,a+b:c/q.db,s3://abc/a+b:c"
  })
  void bucketAndPrefixAreRead(String target, String bucket, String key, String shown) {
    S3Address address = S3Address.parse(target);
    assertThat(address.bucket()).isEqualTo(bucket);
    assertThat(address.key(new StoreKey("q.db"))).isEqualTo(key);
    assertThat(address).hasToString(shown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3://",
        "s3:///a",
        "s3://ab/c",
        "s3://My-Bucket/c",
        "s3://me@my-bucket/c",
        "s3://me:secret@my-bucket/c",
        "s3://my-bucket/../c",
        "s3://my-bucket/a//c",
        "s3://my-bucket/a?b",
        "s3://my..bucket/a"
      })
  void whatIsNoBucketIsRefused(String target) {
    assertThatThrownBy(() -> Stores.standard().open(target))
        .isInstanceOf(TargetException.class)
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://s3.example.org",
        "http://192.168.1.1:9000",
        "ftp://s3.example.org",
        "https://me:secret@s3.example.org",
        "https://s3.example.org/?a=b",
        "file:///srv"
      })
  void whatIsNoEndpointIsRefused(String endpoint) {
    assertThatThrownBy(() -> settings(endpoint, Optional.empty()))
        .isInstanceOf(TargetException.class)
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @CsvSource({
    "https://s3.eu-central-1.amazonaws.com,my-bucket,false,true",
    "https://s3.eu-central-1.amazonaws.com,my.bucket,true,true",
    "https://s3.example.org,my-bucket,true,false",
    "https://amazonaws.com.example.org,my-bucket,true,false",
    "http://127.0.0.1:9000,my-bucket,true,false"
  })
  void serverOfOthersIsMetWithCare(String endpoint, String bucket, boolean path, boolean sums) {
    S3Settings settings = settings(endpoint, Optional.empty());
    assertThat(settings.usesPath(bucket)).isEqualTo(path);
    assertThat(settings.usesChecksums()).isEqualTo(sums);
  }

  @Test
  void whatIsConfiguredCounts() {
    assertThat(settings("https://s3.example.org", Optional.of(false)).usesPath("abc")).isFalse();
    assertThat(S3Settings.standard().usesPath("my-bucket")).isFalse();
  }

  private static S3Settings settings(String endpoint, Optional<Boolean> pathStyle) {
    return new S3Settings(
        Optional.of(URI.create(endpoint)),
        Optional.empty(),
        pathStyle,
        Optional.empty(),
        true,
        Optional.empty());
  }
}
