package org.qrepo.sign;

/** Where the passphrase of a key comes from; asked once, and only if the key is protected. */
@FunctionalInterface
public interface Passphrase {
  /**
   * The passphrase. The array belongs to the caller from here on and is wiped after use.
   *
   * @param key which key, for a prompt: algorithm, fingerprint and user id
   * @throws org.qrepo.publish.SigningException if there is none to be had
   */
  char[] ask(String key);
}
