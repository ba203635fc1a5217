package org.qrepo.publish;

/**
 * What a store says to tell one state of an object from another: an ETag, or what stands for it.
 * Compared, never read.
 *
 * @param value opaque; {@link #ABSENT} means that there is no object
 */
public record Tag(String value) {
  /** The state of a name that holds nothing. */
  public static final Tag ABSENT = new Tag("");
}
