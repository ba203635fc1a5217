package org.qrepo.publish;

/**
 * Makes detached OpenPGP signatures with one key. Asked by several threads at a time; a signer that
 * has to ask people lets them take turns.
 */
public interface Signer extends AutoCloseable {
  /** The certificate (primary key) that signatures are made under. */
  Fingerprint certificate();

  /** How people know this signer: fingerprint, user id and backend; holds no secret. */
  String description();

  /**
   * A binary detached v4 signature over the bytes. Nothing is returned that the verifier twin has
   * not accepted.
   *
   * @throws SigningException with what to do
   */
  byte[] sign(Signable signable);

  @Override
  default void close() {}
}
