package org.qrepo.store;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a store or a site is, as people write it: a URL or a path. */
final class Address {
  private static final Pattern URL =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^?#]*)(.*)", Pattern.DOTALL);
  private static final Pattern REMOTE_PATH = Pattern.compile("[^/]*[^/.][^/]*:.*", Pattern.DOTALL);

  private Address() {}

  /** In lower case; empty for a path. */
  static Optional<String> scheme(String address) {
    Matcher url = URL.matcher(address);
    return url.matches() ? Optional.of(url.group(1).toLowerCase(Locale.ROOT)) : Optional.empty();
  }

  /** Without user info, query and fragment, where secrets may be. */
  static String redact(String address) {
    Matcher url = URL.matcher(address);
    if (!url.matches()) {
      return address;
    }
    String authority = url.group(2);
    String host = authority.substring(authority.lastIndexOf('@') + 1);
    return url.group(1) + "://" + host + url.group(3);
  }

  /** Whether it is written as scp and rsync write a place on another host. */
  static boolean isRemotePath(String address) {
    return REMOTE_PATH.matcher(address).matches();
  }
}
