package org.qrepo.store.s3;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.TargetException;

/**
 * Where in which bucket a repository is.
 *
 * @param bucket 3 to 63 small letters, digits, dots and hyphens
 * @param prefix what all keys begin with: empty, or with a slash at its end
 */
record S3Address(String bucket, String prefix) {
  private static final Pattern URL = Pattern.compile("[sS]3://([^/?#]*)(/[^?#]*)?");
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

  /**
   * Reads {@code s3://BUCKET/PREFIX}.
   *
   * @throws TargetException if it is not written so
   */
  static S3Address parse(String target) {
    Matcher url = URL.matcher(target);
    if (!url.matches() || url.group(1).contains("@")) {
      throw new TargetException("a bucket is written s3://BUCKET/PREFIX, and nothing more");
    }
    String bucket = url.group(1);
    if (!BUCKET.matcher(bucket).matches() || bucket.contains("..")) {
      throw new TargetException(
          "'" + bucket + "' is no bucket: 3 to 63 small letters, digits, dots and hyphens");
    }
    String path = url.group(2) == null ? "" : url.group(2).replaceAll("^/|/+$", "");
    return new S3Address(bucket, path.isEmpty() ? "" : checked(path) + "/");
  }

  private static String checked(String path) {
    try {
      return new StoreKey(path).value();
    } catch (IllegalArgumentException e) {
      throw new TargetException("'" + path + "' is no prefix of a repository: " + e.getMessage());
    }
  }

  /** The key in the bucket. */
  String key(StoreKey key) {
    return prefix + key;
  }

  /** The key as the website of the bucket has it, escaped as in a URL. */
  String path(StoreKey key) {
    try {
      return new URI(null, null, "/" + key(key), null).getRawPath();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Override
  public String toString() {
    return "s3://"
        + bucket
        + (prefix.isEmpty() ? "" : "/" + prefix.substring(0, prefix.length() - 1));
  }
}
